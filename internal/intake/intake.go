package intake

import "github.com/corscope/corscope/fetch"

// Kind is what an input turned out to be.
type Kind string

// The kinds.
const (
	KindURL     Kind = "url"
	KindConsole Kind = "console-error"
	KindCURL    Kind = "curl"
	KindSnippet Kind = "javascript"
	KindHAR     Kind = "har"
	// KindTranscript is what curl printed of an exchange, or headers that were copied out of a browser.
	KindTranscript Kind = "curl-output"
)

// Initiator is what the page asked with, as consoles name it. The zero value is unknown.
type Initiator string

// The initiators. Consoles name others too, such as script or font.
const (
	ByFetch          Initiator = "fetch"
	ByXMLHttpRequest Initiator = "XMLHttpRequest"
)

// Intake is what an input was understood as. Empty fields are what it does not say.
type Intake struct {
	Kind Kind
	// What names the input in a few words for a person: "a console error of Firefox".
	What string
	// Page is the address or the origin of the page that asks, "null" for one without a name. Empty: the input does not say.
	Page string
	// Request is what the page asks for. Only its URL is always there, and it is relative where the input has it so.
	Request fetch.Request
	// Body is the request's, nil for none; Request.Body is always nil.
	Body []byte
	// Stream: the body is a stream, of which Body is what it would send.
	Stream bool
	// BodyFile is the file that a cURL command takes its body from. It was not read.
	BodyFile string
	// Cookies that the browser holds for the URL, each as "name=value".
	Cookies []string
	// Resolve are rules of the form HOST:PORT:ADDRESS.
	Resolve []string
	// Initiator is what the page asked with.
	Initiator Initiator
	// Import: the page imports a JavaScript module from Request's URL, the only field that is then set.
	Import bool
	// Message is set for a console error.
	Message *Message
	// Recorded answers the request from what a HAR holds, or what curl printed; nil for other inputs.
	Recorded *Recording
	// Known are the flags whose value stands in the input itself, or follows from it; all others are defaults.
	Known map[Flag]bool
	// Assumed is what the input does not say and was taken to be so.
	Assumed []Assumption
	// Notes are what else the reader should know about how the input was read: what was left out, and why.
	Notes []string
	// Entries are the requests that the input holds, where it holds more than one, and Entry the number of the one that was
	// taken, counted from 1.
	Entries []Entry
	Entry   int
}

// Flag is a flag of corscope explain, without its dashes.
type Flag string

// The flags that an input can stand in for.
const (
	FlagFrom        Flag = "from"
	FlagMethod      Flag = "request"
	FlagHeader      Flag = "header"
	FlagData        Flag = "data"
	FlagCredentials Flag = "credentials"
	FlagMode        Flag = "mode"
	FlagRedirect    Flag = "redirect"
	FlagCookie      Flag = "cookie"
	FlagResolve     Flag = "resolve"
	FlagEntry       Flag = "entry"
)

// Assumption is something that the input does not say.
type Assumption struct {
	// Text is a clause in lower case: "no cookies go along".
	Text string
	// Flag changes it. Empty: no flag does.
	Flag Flag
}

// Entry is one of several requests in an input.
type Entry struct {
	// Number counts from 1.
	Number int
	Method string
	URL    string
	// Verdict says in a few words what became of it; empty where that is not known.
	Verdict string
}

func (in *Intake) know(flags ...Flag) {
	if in.Known == nil {
		in.Known = make(map[Flag]bool)
	}
	for _, f := range flags {
		in.Known[f] = true
	}
}

func (in *Intake) assume(f Flag, text string) {
	in.Assumed = append(in.Assumed, Assumption{Text: text, Flag: f})
}

func (in *Intake) note(text string) { in.Notes = append(in.Notes, text) }
