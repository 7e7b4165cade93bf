package policyfile

import (
	"errors"
	"io"
	"os"

	"github.com/corscope/corscope/cors"
	"github.com/corscope/corscope/internal/policytext"
)

// File is what a policy file says. Make one with [Parse] or [Read]; the zero File has no
// policies. It is safe for concurrent use as long as nobody changes it.
type File struct {
	// Config is the policies and routes, which [cors.NewRoutes] accepts. One policy
	// without routes has the route "/".
	Config cors.RoutesConfig
	// Warnings are what works, but says something twice or in vain; nil if there is
	// nothing.
	Warnings []*Problem
}

// document is the file as it is written.
type document struct {
	Schema   string                 `json:"$schema"`
	URL      string                 `json:"url"`
	Policies map[string]cors.Config `json:"policies"`
	Routes   []cors.Route           `json:"routes"`
	Expect   any                    `json:"expect"`
}

// Parse reads a policy file in YAML or JSON of at most a mebibyte, with one policy or
// more. The error is an *[Error] with every mistake in it.
func Parse(data []byte) (*File, error) {
	root, faults := policytext.Read(data)
	f := new(File)
	if root != nil {
		var doc document
		faults.Fill(root, &doc)
		f.Config = cors.RoutesConfig{Policies: doc.Policies, Routes: doc.Routes}
		if len(doc.Policies) == 0 && !faults.Bad() {
			faults.Report(root.At, CodeMissing, "there is no policy", "begin with policies:")
		}
		faults.Policies(root, &f.Config)
	}
	all, bad := faults.Finish()
	if bad {
		return nil, &Error{Problems: problems(all)}
	}
	f.Warnings = problems(all)
	return f, nil
}

// Read reads the policy file of this name. The error is an *[Error] with the name and
// every mistake, or that of the file system.
func Read(name string) (*File, error) {
	data, err := readFile(name)
	if err != nil {
		return nil, err
	}
	return parseNamed(name, data)
}

func parseNamed(name string, data []byte) (*File, error) {
	f, err := Parse(data)
	if bad := (*Error)(nil); errors.As(err, &bad) {
		bad.Name = name
	}
	return f, err
}

// maxRead is more than Parse takes, so that it is Parse that says so.
const maxRead = 2 << 20

func readFile(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, maxRead))
}
