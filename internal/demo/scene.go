package demo

import "slices"

// Field is one line of a request's or an answer's header.
type Field struct {
	Name, Value string
}

// Call is what a page's script asks for: the arguments of fetch(), as data. An
// empty field means the default of fetch().
type Call struct {
	// Page is the URL of the page whose script makes the call, or "null" for a page
	// without an origin of its own.
	Page string
	// Method; empty: GET.
	Method string
	// URL is the target, absolute.
	URL    string
	Header []Field
	// Body as UTF-8 text; empty: none.
	Body string
	// Stream says that the body is a stream, which cannot be sent twice.
	Stream bool
	// Mode: "cors", "no-cors" or "same-origin"; empty: cors.
	Mode string
	// Credentials: "omit", "same-origin" or "include"; empty: same-origin.
	Credentials string
	// Redirect: "follow", "error" or "manual"; empty: follow.
	Redirect string
	// Cache is the cache mode; empty: default.
	Cache string
	// Keepalive: the call may outlive the page.
	Keepalive bool
	// UploadListener: XMLHttpRequest with a listener for upload progress.
	UploadListener bool
	// Integrity is the option of this name: hashes, of which the body must have one.
	Integrity string
	// TargetAddressSpace is the option of this name: "loopback", "local" or "public".
	TargetAddressSpace string
	// Import: no fetch(), but import() of a JavaScript module, which has none of these options.
	Import bool
	// PageHeader is what the answer says that brings the page, beside its type: Content-Security-Policy and its like. A page with such a
	// header has an address of its own, and its server serves it so.
	PageHeader []Field
	// PageSpace is the address space that the page comes from, "loopback", "local" or "public", where the call depends on it and PageHeader
	// does not say it.
	PageSpace string
}

// method is Method with its default.
func (c Call) method() string {
	if c.Method == "" {
		return "GET"
	}
	return c.Method
}

// Want is what must come of a call. Its words are those of package fetch: reason
// and body error codes, phases.
type Want struct {
	// Reason is the code of the reason why the page gets no answer; empty: it gets
	// one.
	Reason string
	// Phase is "before", "preflight" or "request", where Reason is set.
	Phase string
	// Status of the last answer that reached the browser, whether or not the page
	// may see it. 0: none did, or it does not matter.
	Status int
	// Reads is a part of what the page's script can read of the body; empty where it
	// may read nothing, or where it does not matter.
	Reads string
	// ReadsHeader and HidesHeader name a header of the answer that the page's script
	// can read, and one that it cannot; empty where it does not matter.
	ReadsHeader, HidesHeader string
	// Stores is the name of the cookie that the browser keeps from the answer, and
	// Refuses that of one that it does not; empty where it does not matter.
	Stores, Refuses string
	// BodyError is the code of the error in the middle of the body, where the page
	// gets an answer and cannot read all of it.
	BodyError string
	// Requests are method and path of what reached the servers, in order; nil where
	// it does not matter.
	Requests []string
	// Did is what the servers did, in order; nil where it does not matter.
	Did []string
}

// Allowed reports whether the page gets an answer.
func (w Want) Allowed() bool { return w.Reason == "" }

// Client is who makes a call.
type Client string

// The clients of the story.
const (
	// Browser applies every rule.
	Browser Client = "browser"
	// Curl applies none: there is no page whose user would need protection.
	Curl Client = "curl"
)

// SameSite is what the browser takes a cookie to be that does not say.
type SameSite string

// The two defaults. Chromium's is Lax since version 80; Firefox and WebKit keep the
// other one, and have other means against cookies of third parties.
const (
	// SameSiteUnset: the cookie goes everywhere. What the standard of 2011 says.
	SameSiteUnset SameSite = ""
	// SameSiteLax: the cookie stays home when another site asks.
	SameSiteLax SameSite = "lax"
)

// Cookie is one that the browser already holds, as URL once set it.
type Cookie struct {
	URL string
	// Set is the value of the Set-Cookie header.
	Set string
}

// Step is one call of a scene. The steps of a scene that have the same SameSite
// share one browser, with its cookies and caches; it is new for each scene.
type Step struct {
	// Lead is one line to print before the call.
	Lead string
	// As says who makes the call.
	As Client
	Call
	// Cookies that the browser holds beforehand, beyond those of earlier steps.
	Cookies []Cookie
	// SameSite is what the browser takes a cookie to be that does not say.
	SameSite SameSite
	Want     Want
}

// Scene is one part of the story. Its steps are played in order.
type Scene struct {
	// Number from 1, as in corscope demo 5.
	Number int
	Title  string
	// Story says what to watch for, in a few short sentences.
	Story string
	Steps []Step
	// Moral is the sentence to take home.
	Moral string
}

// Scenes returns the story of CORS in six scenes, in the names of a [World]. Each
// call returns a new copy.
func Scenes() []Scene { return realNames.scenes() }

func (p places) scenes() []Scene {
	names := p.names().Replace
	scenes := story()
	for i := range scenes {
		scene := &scenes[i]
		scene.Story, scene.Moral = names(scene.Story), names(scene.Moral)
		for j := range scene.Steps {
			step := &scene.Steps[j]
			step.Lead = names(step.Lead)
			step.Call = p.call(step.Call)
			for k := range step.Cookies {
				step.Cookies[k].URL = names(step.Cookies[k].URL)
			}
		}
	}
	return scenes
}

// call returns c with addresses in the place of roles.
func (p places) call(c Call) Call {
	names := p.names().Replace
	c.Page, c.URL = names(c.Page), names(c.URL)
	c.PageHeader = slices.Clone(c.PageHeader)
	for i := range c.PageHeader {
		c.PageHeader[i].Value = names(c.PageHeader[i].Value)
	}
	return c
}
