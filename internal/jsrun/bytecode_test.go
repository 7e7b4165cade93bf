package jsrun

import (
	"bytes"
	"encoding/binary"
	"flag"
	"maps"
	"os"
	"slices"
	"testing"
)

var update = flag.Bool("update", false, "write the bytecode of the page's sources")

const bytecodeFile = "prelude/prelude.bytecode"

// What is committed is what the engine makes of the sources as they are: otherwise every process would parse them.
func TestBytecodeIsThatOfTheSources(t *testing.T) {
	sources := []source{preludeSource()}
	for _, name := range slices.Sorted(maps.Keys(lateGives)) {
		s, err := lateSource(name)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, s)
	}
	var want []byte
	for _, s := range sources {
		code, err := compile(s.text, s.name, s.kind)
		if err != nil {
			t.Fatal(err)
		}
		want = binary.LittleEndian.AppendUint32(want, s.checksum())
		want = binary.LittleEndian.AppendUint32(want, uint32(len(code)))
		want = append(want, code...)
	}
	if *update {
		if err := os.WriteFile(bytecodeFile, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(want, committedBytecode) {
		t.Errorf("%s is of other sources or another engine: go test -run Bytecode -update", bytecodeFile)
	}
	for _, s := range sources {
		if bytecodes()[s.checksum()] == nil {
			t.Errorf("%s is not found in it", s.name)
		}
	}
}

// A text that nobody has compiled before is compiled.
func TestBytecodeOfAnotherText(t *testing.T) {
	s := preludeSource()
	s.text += "1;"
	if bytecodes()[s.checksum()] != nil {
		t.Fatal("the checksum does not tell the texts apart")
	}
	if code, err := s.bytecode(); err != nil || len(code) == 0 {
		t.Error(len(code), err)
	}
}
