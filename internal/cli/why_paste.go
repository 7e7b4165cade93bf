package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/corscope/corscope/diagnose"
	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
	"github.com/corscope/corscope/internal/intake"
	"github.com/corscope/corscope/internal/term"
)

// isPaste tells an error from the name of a cause, which may be in words, and misspelt.
func isPaste(text string) bool {
	return text == "-" || strings.HasPrefix(text, "@") || intake.IsError(text) || strings.ContainsAny(text, "\n:'\"‘“(") && intake.IsText(text)
}

// isFileOnStdin: corscope why < error.txt. A pipe may be one that nobody will ever write to.
func (r *run) isFileOnStdin() bool {
	f, ok := r.env.Stdin.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode().IsRegular()
}

// pasted is what an error that was pasted comes to.
type pasted struct {
	input *understood
	// meaning is zero where the words name no cause.
	meaning diagnose.Meaning
	// next is the command that finds the rest; empty where the input has no URL.
	next string
}

// whyPaste tells what the words of an error name, and the command that finds the rest. It sends nothing.
func (r *run) whyPaste(ctx context.Context, what string, f *whyFlags) error {
	flags := &explainFlags{credentials: "same-origin", mode: "cors", redirect: "follow", networkFlags: networkFlags{timeout: "30s"}, colour: f.colour, asJSON: f.asJSON}
	in, err := r.readInput(ctx, what, flags)
	var p pasted
	var bad *intake.Error
	switch {
	case errors.As(err, &bad) && bad.Said != nil:
		p = withoutURL(bad.Said)
		if p.meaning.Cause.ID == "" {
			return inputError(ctx, err)
		}
	case err != nil && bad != nil && (bad.Code == intake.ErrUnknown || bad.Code == intake.ErrNoURL):
		return r.whyPiece(what, inputError(ctx, err), f)
	case err != nil:
		return inputError(ctx, err)
	default:
		target, err := flags.take(in, func(string) bool { return false })
		if err != nil {
			return err
		}
		if in.Recorded != nil && flags.from == "" {
			return &usageError{Code: codeMissingPage, Message: "which page asked? What was recorded does not say, and CORS depends on it", Hint: "give the same text to corscope explain, with --from PAGE"}
		}
		if in.Recorded != nil {
			return r.explain(ctx, target, flags)
		}
		p = flags.pasted(in, target)
	}
	if f.asJSON {
		var cause *diagnose.Cause
		if p.meaning.Cause.ID != "" {
			cause = &p.meaning.Cause
		}
		var others []string
		for _, c := range p.meaning.Others {
			others = append(others, c.ID)
		}
		return r.writeJSON(struct {
			Version int             `json:"version"`
			Input   *understood     `json:"input"`
			Cause   *diagnose.Cause `json:"cause,omitempty"`
			Says    string          `json:"says,omitempty"`
			Others  []string        `json:"others,omitempty"`
			Next    string          `json:"next,omitempty"`
		}{jsonVersion, p.input, cause, p.meaning.Says, others, p.next})
	}
	style, width, err := r.env.layout(f.colour)
	if err != nil {
		return err
	}
	_, err = io.WriteString(r.env.Stdout, pastePage(p, style, width))
	return err
}

// maxPiece is how long a text may be that is searched by its words, where it was not understood as a whole.
const maxPiece = 80

// whyPiece is for a piece of an error, such as "No 'Access-Control-Allow-Origin'", that nothing else understands.
func (r *run) whyPiece(what string, failure error, f *whyFlags) error {
	var usage *usageError
	if !errors.As(failure, &usage) || usage.Code != codeInput || len(what) > maxPiece || strings.ContainsAny(what, "\n/") || strings.HasPrefix(what, "@") {
		return failure
	}
	return r.whyWords(what, usage, f)
}

// withoutURL is for a message in which no URL stands.
func withoutURL(m *intake.Message) pasted {
	p := pasted{input: &understood{Kind: intake.KindConsole, What: m.What(), Page: m.Origin, Said: saidOf(m)}}
	p.meaning, _ = diagnose.Interpret(wordsOf(m, m.Origin))
	return p
}

// pasted says what the input names, and how it goes on.
func (f *explainFlags) pasted(in *intake.Intake, target string) pasted {
	p := pasted{input: f.understood(nil, nil), next: f.command(target)}
	if p.input == nil {
		p.input = &understood{Kind: in.Kind, What: in.What, URL: target}
	}
	if p.next == "" {
		p.next = "corscope explain " + shellWord(target) + " --from PAGE"
	}
	if f.from != "" {
		p.next = strings.Replace(p.next, "--from PAGE", "--from "+shellWord(f.from), 1)
	}
	w := wordsOfRequest(in)
	if in.Message != nil {
		w = wordsOf(in.Message, in.Page)
	}
	p.meaning, _ = diagnose.Interpret(w)
	return p
}

// wordsOf is what a message says, as diagnose takes it.
func wordsOf(m *intake.Message, page string) diagnose.Words {
	w := diagnose.Words{Cause: string(m.Code), Phase: m.Phase, Page: pageOf(page, false), URL: m.URL, RedirectedFrom: m.RedirectedFrom,
		Method: m.Method, Header: m.Header, Value: m.Value, Directive: m.Directive, Status: m.Status}
	if w.Cause == "" {
		w.Cause = m.Cause
	}
	return w
}

// wordsOfRequest finds what is wrong with a request whatever the server says to it.
func wordsOfRequest(in *intake.Intake) diagnose.Words {
	for _, h := range in.Request.Headers {
		if strings.HasPrefix(httpspec.Lower(h.Name), "access-control-") {
			return diagnose.Words{Cause: "cors-header-on-request", Header: h.Name, URL: in.Request.URL}
		}
	}
	if in.Request.Mode == fetch.ModeNoCORS {
		return diagnose.Words{Cause: "opaque-answer", URL: in.Request.URL}
	}
	return diagnose.Words{}
}

// pastePage is the cause that an error names, the remedy first, or that it names none.
func pastePage(p pasted, style term.Style, width int) string {
	var b strings.Builder
	o := renderOptions{Style: style, Width: width}
	m := p.meaning
	if m.Cause.ID != "" {
		b.WriteString(style.Strong(m.Cause.ID) + "\n")
		for _, line := range term.Wrap(strings.TrimSpace(sentence(m.Cause.Title)+" "+term.Escape(m.Says)), width) {
			b.WriteString(line + "\n")
		}
		section(&b, "how to fix it", m.Cause.Fix, style, width)
		section(&b, "what it means", m.Cause.Means, style, width)
		section(&b, "how to recognise it", m.Cause.Recognise, style, width)
		if len(m.Others) > 0 {
			b.WriteString("\n" + style.Faint("the same words are also said of") + "\n")
			b.WriteString(causeLines(m.Others, style, width))
		}
	} else {
		for _, line := range term.Wrap(style.Strong(nameless(p.input)), width) {
			b.WriteString(line + "\n")
		}
	}
	fmt.Fprintf(&b, "\n%s", renderInput(p.input, o))
	if p.next == "" {
		b.WriteString(style.Faint("what finds the rest, and the proven fix") + "\n  corscope explain URL --from PAGE, or the error pasted with its URL\n")
		return b.String()
	}
	b.WriteString(style.Faint("what finds the rest, and the proven fix") + "\n  " + term.Escape(p.next) + "\n")
	return b.String()
}

// nameless says why no cause can be named.
func nameless(u *understood) string {
	m := u.Said
	switch {
	case m == nil:
		return "It holds no error, only the request."
	case m.Browser == intake.Chromium && m.Reason == "" && u.Page != "":
		return `The message is cut off: what stands behind "has been blocked by CORS policy:" names the cause.`
	case m.Browser == intake.WebKit && m.Reason == "":
		return "Safari names the cause in the line above this one. Where there is none, the request most often failed otherwise, or its page was left."
	}
	return "Its words name no cause: scripts are told none, and some browsers have one sentence for several."
}
