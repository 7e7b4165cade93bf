package cli

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/corscope/corscope/fetch"
)

// standard is the commit of the Fetch standard that package fetch follows.
const standard = "whatwg/fetch 586cd2a"

func (r *run) versionCommand() *cobra.Command {
	asJSON := false
	c := &cobra.Command{
		Use:   "version",
		Short: "Print the version, and which commit of the Fetch standard it follows",
		Long:  "  corscope version\n\nPrints the version, and which commit of the Fetch standard it follows.\n\n",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			v := struct {
				Version  int    `json:"version"`
				Corscope string `json:"corscope"`
				Revision string `json:"revision,omitempty"`
				Standard string `json:"standard"`
				Go       string `json:"go"`
				Platform string `json:"platform"`
			}{jsonVersion, fetch.Version, revision(), standard, runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH}
			if asJSON {
				return r.writeJSON(v)
			}
			_, err := io.WriteString(r.env.Stdout, versionLine())
			return err
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// versionLine is what version and --version print.
func versionLine() string {
	commit := revision()
	if commit != "" {
		commit = " (" + commit + ")"
	}
	return fmt.Sprintf("corscope %s%s, follows %s, built with %s for %s/%s\n", fetch.Version, commit, standard, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// revision is the commit that the binary was built from, where Go knows it.
func revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	commit, modified := "", ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			commit = s.Value[:min(len(s.Value), 12)]
		case "vcs.modified":
			if s.Value == "true" {
				modified = ", modified"
			}
		}
	}
	if commit == "" {
		return ""
	}
	return commit + modified
}
