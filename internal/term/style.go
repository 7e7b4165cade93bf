package term

import "fmt"

// Style colours text, or leaves it as it is. The zero value is plain.
type Style struct {
	// On says whether codes are written at all.
	On bool
}

// Good, Bad, Warn, Strong and Faint return s with the codes around it. None of
// them escapes: give them text that has been through [Escape].
func (s Style) Good(text string) string   { return s.paint("32", text) }
func (s Style) Bad(text string) string    { return s.paint("1;31", text) }
func (s Style) Warn(text string) string   { return s.paint("33", text) }
func (s Style) Strong(text string) string { return s.paint("1", text) }
func (s Style) Faint(text string) string  { return s.paint("2", text) }

func (s Style) paint(code, text string) string {
	if !s.On || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// The values of a --color flag.
const (
	ColourAuto   = "auto"
	ColourAlways = "always"
	ColourNever  = "never"
)

// UseColour says whether output is coloured. flag is one of the values above, and
// empty counts as auto. In auto, NO_COLOR (https://no-color.org/) forbids colours,
// CLICOLOR_FORCE asks for them even in a pipe, and otherwise there are colours on a
// terminal unless TERM is "dumb" or CLICOLOR is "0". lookup finds environment
// variables.
func UseColour(flag string, terminal bool, lookup func(string) (string, bool)) (bool, error) {
	value := func(name string) string {
		v, _ := lookup(name)
		return v
	}
	switch flag {
	case ColourAlways:
		return true, nil
	case ColourNever:
		return false, nil
	case ColourAuto, "":
	default:
		return false, fmt.Errorf("term: %q is none of auto, always and never", flag)
	}
	if value("NO_COLOR") != "" {
		return false, nil
	}
	if force := value("CLICOLOR_FORCE"); force != "" && force != "0" {
		return true, nil
	}
	return terminal && value("TERM") != "dumb" && value("CLICOLOR") != "0", nil
}
