package cli

import (
	"fmt"
	"time"

	"github.com/spf13/pflag"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/term"
)

// networkFlags are the flags of every verb that reaches servers.
type networkFlags struct {
	resolve []string
	caFile  string
	timeout string
}

// define adds the flags to a verb's. ends says what happens when the time is over.
func (f *networkFlags) define(fl *pflag.FlagSet, timeout, ends string) {
	fl.StringArrayVar(&f.resolve, "resolve", nil, "where a host is, as `HOST:PORT:ADDRESS` or HOST:PORT:ADDRESS:PORT; may be repeated")
	fl.StringVar(&f.caFile, "cacert", "", "trust the certificates in this PEM `FILE`, beside those of the system")
	fl.StringVar(&f.timeout, "timeout", timeout, ends+" after this `TIME`: 10s, 500ms, or a number of seconds")
}

// config is the network that the flags ask for.
func (f *networkFlags) config() (fetch.NetConfig, error) {
	config := fetch.NetConfig{CAFile: f.caFile}
	for _, text := range f.resolve {
		rule, err := fetch.ParseResolveRule(text)
		if err != nil {
			return fetch.NetConfig{}, networkError(err)
		}
		config.Resolve = append(config.Resolve, rule)
	}
	return config, nil
}

// parseTimeout takes a duration as Go writes it, or a number of seconds.
func parseTimeout(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil {
		d, err = time.ParseDuration(s + "s")
	}
	if err != nil || d <= 0 || d > 24*time.Hour {
		return 0, &usageError{Code: codeFlagValue, Message: fmt.Sprintf("--timeout cannot be %s", quote(s)), Hint: "give a time such as 10s, 500ms or 2m, of at most a day"}
	}
	return d, nil
}

// colours are the values of --color.
var colours = []string{term.ColourAuto, term.ColourAlways, term.ColourNever}

func defineColour(fl *pflag.FlagSet, colour *string) {
	fl.StringVar(colour, "color", term.ColourAuto, "`WHEN` to use colours: auto, always or never; auto obeys NO_COLOR and CLICOLOR_FORCE")
	alsoCalled(fl, "colour", "color")
}

// alsoCalled gives a flag a second name, of which help does not speak by itself.
func alsoCalled(fl *pflag.FlagSet, second, name string) {
	before := fl.GetNormalizeFunc()
	fl.SetNormalizeFunc(func(fl *pflag.FlagSet, given string) pflag.NormalizedName {
		if given == second {
			return pflag.NormalizedName(name)
		}
		return before(fl, given)
	})
}
