package jsrun

import (
	_ "embed"
	"encoding/binary"
	"hash/crc32"
	"sync"
	"unsafe"

	lib "modernc.org/libquickjs"
)

// committedBytecode holds what the engine makes of the page's sources, so that a process need not: to parse them takes three times as
// long as all else that an empty script does. "go test -run Bytecode -update" writes it. Of each part it has a
// checksum of the source and of the engine's version, the length of the code, and the code.
//
//go:embed prelude/prelude.bytecode
var committedBytecode []byte

// bytecodes is committedBytecode by checksum; empty on machines whose numbers look otherwise than those that wrote it.
var bytecodes = sync.OnceValue(func() map[uint32][]byte {
	codes := make(map[uint32][]byte)
	if unsafe.Sizeof(uintptr(0)) != 8 || binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		return codes
	}
	for rest := committedBytecode; len(rest) >= 8; {
		sum, n := binary.LittleEndian.Uint32(rest), int(binary.LittleEndian.Uint32(rest[4:]))
		if rest = rest[8:]; n > len(rest) {
			break
		}
		codes[sum], rest = rest[:n:n], rest[n:]
	}
	return codes
})

// source is a text that is compiled, and how.
type source struct {
	name, text string
	kind       int32 // MJS_EVAL_TYPE_*
}

func (s source) checksum() uint32 {
	sum := crc32.ChecksumIEEE([]byte(lib.MCONFIG_VERSION + "\n" + s.name + "\n"))
	return crc32.Update(sum, crc32.IEEETable, unsafe.Slice(unsafe.StringData(s.text), len(s.text)))
}

// bytecode returns the committed code of the source, if it is of this very text, and compiles it otherwise.
func (s source) bytecode() ([]byte, error) {
	if code := bytecodes()[s.checksum()]; code != nil {
		return code, nil
	}
	return compile(s.text, s.name, s.kind)
}
