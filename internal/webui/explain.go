package webui

import (
	"context"
	"time"

	"github.com/corscope/corscope/diagnose"
	"github.com/corscope/corscope/fetch"
)

// Explainer runs a case and says what comes of it: corscope explain, without a terminal.
type Explainer interface {
	// Explain is called from several goroutines at once. Its error is a *[Problem] where the case is at fault.
	Explain(ctx context.Context, q Question) (*Explanation, error)
}

// Question is a case and the circumstances of its run.
type Question struct {
	Case Case
	// Answers stands in for the network; nil: the network.
	Answers fetch.Transport
	// Further answers the further requests that are made where one answer does not tell what is wrong, with the error
	// [fetch.ReasonNotRecorded] for one that cannot be made; nil: none are, but to the network, which always is asked.
	Further fetch.Transport
	// Network changes how the network is reached, once the request's URL is known; nil: nothing is changed.
	Network func(url string, c *fetch.NetConfig)
	// Profile is the browser's; zero: the standard.
	Profile fetch.Profile
	// Timeout of the fetch; 0: the default of explain.
	Timeout time.Duration
	// Send sends methods that may change data.
	Send bool
	// Server is the target of package export for which the fix is printed; empty: none.
	Server string
}

// Explanation is what came of a case.
type Explanation struct {
	// Document is what explain --json prints, and Text what it prints without, on 80 columns.
	Document any
	Text     string
	// Case is the question's with all that was understood filled in.
	Case Case
	// Trace has its secrets masked. Report is the diagnosis of it.
	Trace  *fetch.Trace
	Report *diagnose.Report
}

// explainRequest is the body of POST explain.
type explainRequest struct {
	Case         Case    `json:"case"`
	Send         bool    `json:"send,omitempty"`
	AllowPrivate allowed `json:"allowPrivate,omitempty"`
	Server       string  `json:"server,omitempty"`
}

type explainResponse struct {
	Version  int      `json:"version"`
	Document any      `json:"document"`
	Text     string   `json:"text"`
	Case     Case     `json:"case"`
	Pretend  *Pretend `json:"pretend"`
	// Fixed is absent where there is no complete fix.
	Fixed *Case  `json:"fixed,omitempty"`
	Call  string `json:"call"`
	// Before is the answer without the fix, where the case asked for it and there is one.
	Before *explainResponse `json:"before,omitempty"`
}

// explain runs a case, and where the case asks for it, the one that its fix makes of it: a link says that there is a fix, and never what it is.
func (s *Server) explain(ctx context.Context, q explainRequest) (*explainResponse, error) {
	if err := q.Case.check(); err != nil {
		return nil, err
	}
	fixed := q.Case.Fixed
	q.Case.Fixed = false
	before, err := s.ask(ctx, q)
	if err != nil || !fixed || before.Fixed == nil {
		return before, err
	}
	after, err := s.ask(ctx, explainRequest{Case: *before.Fixed, Server: q.Server})
	if err != nil {
		return nil, err
	}
	after.Before = before
	return after, nil
}

// ask runs a case against the servers that it names.
func (s *Server) ask(ctx context.Context, q explainRequest) (*explainResponse, error) {
	ask := Question{Case: q.Case, Send: q.Send, Server: q.Server}
	gate := &gate{allow: q.AllowPrivate}
	switch {
	case q.Case.Server != nil:
		ask.Answers, ask.Send, ask.Further = newPretendTransport(q.Case), true, &furtherTransport{q.Case.Server.Further}
	case q.Case.Demo != "":
		servers, err := s.demo.open(q.Case.Demo)
		if err != nil {
			return nil, err
		}
		defer servers.close()
		ask.Answers, ask.Send, ask.Profile, ask.Timeout = servers.transport, true, servers.profile, servers.timeout
		ask.Further = servers.transport
	default:
		ask.Network = gate.configure
	}
	e, err := s.config.Explainer.Explain(ctx, ask)
	if refused := gate.refusal(); refused != nil {
		return nil, refused
	}
	if err != nil {
		return nil, err
	}
	response := &explainResponse{Version: apiVersion, Document: e.Document, Text: e.Text, Case: e.Case, Call: callText(e.Case)}
	response.Pretend = q.Case.Server.clone()
	if response.Pretend == nil {
		response.Pretend = recordedServer(e.Trace, e.Report)
	}
	response.Fixed = fixedCase(e.Case, response.Pretend, e.Report)
	return response, nil
}
