package cli

import (
	"fmt"
	"strings"

	"github.com/corscope/corscope/internal/intake"
)

// maxEntries is how many requests of an input are listed.
const maxEntries = 20

// renderInput tells how an input was understood, and what was assumed. It stands
// before the explanation.
func renderInput(u *understood, o renderOptions) string {
	r := &renderer{renderOptions: o}
	r.field("read as", u.what())
	if u.Said != nil && u.Said.Reason != "" {
		r.field("it says", u.Said.Reason)
	}
	if u.Said != nil && len(u.Said.Others) > 0 {
		var ids []string
		for _, c := range u.Said.Others {
			ids = append(ids, c.ID)
		}
		r.field("", "also said of "+strings.Join(ids, ", ")+"; corscope why NAME tells of each")
	}
	r.list("note", u.Notes)
	var texts []string
	for _, a := range u.Assumed {
		text := a.Text
		if a.Flag != "" {
			text += "; " + dashedFlag(a.Flag) + " says otherwise"
		}
		texts = append(texts, text)
	}
	r.list("assumed", texts)
	if len(u.Entries) > 0 {
		texts = nil
		for _, e := range u.Entries {
			text := fmt.Sprintf("%d  %s %s", e.Number, e.Method, e.URL)
			if e.Verdict != "" {
				text += "   " + e.Verdict
			}
			if e.Number == u.Entry {
				text += "   this one"
			}
			texts = append(texts, text)
		}
		if more := len(texts) - maxEntries; more > 0 && !o.Verbose {
			texts = append(texts[:maxEntries], fmt.Sprintf("and %d more; --verbose lists them", more))
		}
		r.list("it holds", append(texts, "--entry takes another one"))
	}
	r.blank()
	return r.b.String()
}

func (u *understood) what() string {
	s := u.What
	if m := u.Said; m != nil {
		switch m.Initiator {
		case "":
		case intake.ByFetch, intake.ByXMLHttpRequest:
			s += ", about a call of " + string(m.Initiator)
		default:
			article := "a "
			if strings.ContainsAny(string(m.Initiator[:1]), "aei") {
				article = "an "
			}
			s += ", about " + article + string(m.Initiator)
		}
	}
	return s
}

// dashedFlag is a flag as people type it.
func dashedFlag(name string) string {
	switch intake.Flag(name) {
	case intake.FlagMethod:
		return "-X"
	case intake.FlagHeader:
		return "-H"
	case intake.FlagData:
		return "-d"
	}
	return "--" + name
}

// list writes the label beside the first of the texts.
func (r *renderer) list(label string, texts []string) {
	for _, t := range texts {
		r.field(label, t)
		label = ""
	}
}
