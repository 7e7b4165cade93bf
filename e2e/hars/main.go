// Command hars opens the world of internal/demo behind the proxies of e2e/front and says on standard output, as JSON, where a browser
// finds it, until its standard input ends. record.mjs beside it has browsers export what they see of it: the HARs of
// internal/intake/testdata/har.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/corscope/corscope/e2e/front"
	"github.com/corscope/corscope/internal/demo"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	d, err := demo.Start(context.Background())
	if err != nil {
		return err
	}
	defer d.Close()
	f, err := front.Start(context.Background(), d)
	if err != nil {
		return err
	}
	defer f.Close()
	var rules []string
	for _, name := range slices.Sorted(maps.Keys(f.Addresses())) {
		rules = append(rules, "MAP "+name+" "+f.Addresses()[name])
	}
	rules = append(rules, "MAP * ~NOTFOUND", "EXCLUDE 127.0.0.1")
	if err := json.NewEncoder(os.Stdout).Encode(map[string]string{"rules": strings.Join(rules, ", "), "spki": f.SPKI(), "socks": f.SOCKS()}); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}
