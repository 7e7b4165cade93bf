package policytext

import (
	"fmt"
	"strings"
)

// Texts is a list of texts that may be written as one text.
type Texts []string

// Read returns the one value in a file of YAML or JSON and what is wrong with it; the
// value is nil if it cannot be read.
func Read(data []byte) (*Node, *Faults) {
	// YAML has three kinds of line break; one is easier to count.
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimPrefix(string(data), "\ufeff"))
	fs := &Faults{lines: strings.Split(text, "\n")}
	root := decode([]byte(text), fs)
	if root == nil {
		return nil, fs
	}
	if root.Kind != KindMap {
		fs.Report(root.At, CodeType, "a policy file is a map, and here is "+describe(root), "begin with policies: or expect:")
		return nil, fs
	}
	return root, fs
}

// Quote returns a value of the file's in quotes, cut.
func Quote(s string) string {
	if r := []rune(s); len(r) > 80 {
		return fmt.Sprintf("%q...", string(r[:80]))
	}
	return fmt.Sprintf("%q", s)
}
