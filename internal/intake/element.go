package intake

import "github.com/corscope/corscope/fetch"

// element is what of a page asks for something and is no call of JavaScript's.
type element struct {
	// by is its name as an [Initiator], and what a person calls it.
	by          Initiator
	what        string
	destination fetch.Destination
	initiator   fetch.InitiatorType
}

// elements are those that consoles name and snippets make. A preload has the destination of what it is for.
var elements = []element{
	{"image", "loads an image", fetch.DestinationImage, fetch.InitiatorImg},
	{"font", "loads a font", fetch.DestinationFont, fetch.InitiatorCSS},
	{"css stylesheet", "loads a style sheet", fetch.DestinationStyle, fetch.InitiatorLink},
	{"script", "loads a script", fetch.DestinationScript, fetch.InitiatorScript},
	{"audio", "loads a sound", fetch.DestinationAudio, fetch.InitiatorAudio},
	{"video", "loads a film", fetch.DestinationVideo, fetch.InitiatorVideo},
	{"link element resource", "preloads", "", fetch.InitiatorLink},
	{"eventsource", "opens an EventSource", "", fetch.InitiatorOther},
}

// elementNamed is the one that a console calls so; nil where it is none of those.
func elementNamed(by Initiator) *element {
	for i := range elements {
		if elements[i].by == by {
			return &elements[i]
		}
	}
	return nil
}

// elementOf is the one that made a request; nil where a call of JavaScript did, an import included.
func elementOf(q *fetch.RequestRecord) *element {
	if q.InitiatorType == "" {
		return nil
	}
	for i := range elements {
		if e := &elements[i]; e.initiator == q.InitiatorType && (e.destination == q.Destination || e.initiator == fetch.InitiatorLink && e.destination == "") {
			return e
		}
	}
	return nil
}
