package fetch

// PreloadPolicy is how a browser departs from the standard in links with rel=preload and rel=modulepreload: in what they ask, and whether they
// tell the page "load" or "error". The zero value is the standard, which says error of what failed and load of every answer, whatever its
// status, and error of a module that is none.
//
// https://html.spec.whatwg.org/#link-type-preload
type PreloadPolicy struct {
	// FailuresLoad says load where the request failed once it was sent to another origin: by CORS, by the resource policy, by its type, by the
	// network. It says load of every answer that the page may not read. What is stopped before it is sent is an error all the same, and so are a
	// script, a style sheet and a module of other content than their integrity says, if the page may read them.
	FailuresLoad bool
	// NeedOK says error of a font, a script or a style sheet whose status is not 200 to 299; FetchNeedsOK of as=fetch.
	NeedOK, FetchNeedsOK bool
	// ImageNeedsPicture says error of an image that is no picture, whatever its type; with FailuresLoad only where the page may read it. It is for who
	// reads the answer's body: [Page.FetchPreload] does not.
	ImageNeedsPicture bool
	// StyleNeedsType says error of a style sheet of another type than text/css that the page may read.
	StyleNeedsType bool
	// ScriptOfAnyType says load of a script whose type nosniff forbids.
	ScriptOfAnyType bool
	// CodeIntegrityAlone does not look at the integrity of images, tracks and as=fetch, and FontIntegrityIgnored of fonts.
	CodeIntegrityAlone, FontIntegrityIgnored bool
	// AnonymousFonts asks for fonts by CORS and without credentials, whatever crossorigin says.
	AnonymousFonts bool
	// NoTracks says error of as=track at once, and asks nobody.
	NoTracks bool
}

// EventSourcePolicy is how a browser departs from the standard in when an EventSource connects again. The zero value is the standard, which does
// so behind an answer that ended, and where the network failed.
//
// https://html.spec.whatwg.org/#sse-processing-model
type EventSourcePolicy struct {
	// FailureCloses closes it where the network failed, also when it connects again.
	FailureCloses bool
	// BlockedPortRetries connects again and again to a port that is blocked.
	BlockedPortRetries bool
}

// Retries reports whether an EventSource connects again that was not answered for that reason.
func (p EventSourcePolicy) Retries(why ReasonCode) bool {
	if why == ReasonBadPort {
		return p.BlockedPortRetries
	}
	return why.IsNetwork() && !p.FailureCloses
}
