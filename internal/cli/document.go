package cli

import (
	_ "embed"

	"github.com/corscope/corscope/diagnose"
	"github.com/corscope/corscope/fetch"
)

// explainSchema is the JSON Schema of explain's --json.
//
//go:embed schema/explain.schema.json
var explainSchema []byte

// document is explain's JSON output: the facts of the text, and the whole trace.
type document struct {
	Version int     `json:"version"`
	Verdict verdict `json:"verdict"`
	// Sentence is the verdict for a person.
	Sentence string `json:"sentence"`
	// ExitStatus is that of the process.
	ExitStatus int `json:"exitStatus"`
	// Input is how what explain was given was understood; nil for a URL.
	Input    *understood `json:"input,omitempty"`
	Relation relation    `json:"relation"`
	Notes    []string    `json:"notes,omitempty"`
	// BodyError is what went wrong in the middle of a body that the page may read.
	BodyError string `json:"bodyError,omitempty"`
	// Diagnosis is what is wrong, what browsers print, and the complete fix.
	Diagnosis *diagnose.Report `json:"diagnosis"`
	// Server is the fix in the language of the server, or which server it seems to be.
	Server *serverLines  `json:"server,omitempty"`
	Curl   string        `json:"curl"`
	Trace  traceDocument `json:"trace"`
}

// relation is how the page's origin and the target's differ.
type relation struct {
	SameOrigin bool   `json:"sameOrigin"`
	SameSite   bool   `json:"sameSite"`
	Scheme     bool   `json:"schemeDiffers"`
	Host       bool   `json:"hostDiffers"`
	Port       bool   `json:"portDiffers"`
	Text       string `json:"text"`
}

// traceDocument is a trace whose steps have their links.
type traceDocument struct {
	*fetch.Trace
	Steps []stepDocument `json:"steps"`
}

type stepDocument struct {
	fetch.Step
	Link string `json:"link"`
}

func (r *result) document() *document {
	t := r.trace
	d := &document{
		Version: jsonVersion, Verdict: r.verdict, Sentence: r.sentence, ExitStatus: r.exitStatus(),
		Input: r.understood,
		Relation: relation{
			SameOrigin: t.Relation.Same(), SameSite: t.Relation.SameSite(),
			Scheme: t.Relation.Scheme(), Host: t.Relation.Host(), Port: t.Relation.Port(), Text: t.Relation.String(),
		},
		Notes: r.notes, Diagnosis: r.report(), Server: r.serverLines(), Curl: r.curl(),
		Trace: traceDocument{Trace: t, Steps: make([]stepDocument, len(t.Steps))},
	}
	if r.bodyErr != nil {
		d.BodyError = withoutPrefix(r.bodyErr)
	}
	for i, s := range t.Steps {
		d.Trace.Steps[i] = stepDocument{s, s.Link()}
	}
	return d
}
