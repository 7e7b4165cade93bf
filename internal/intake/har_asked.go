package intake

import (
	"slices"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

// harAsked is what corscope explain --har writes of a request and HAR has no field for.
type harAsked struct {
	page string
	// headers are the names of those that the page's JavaScript set.
	headers        []string
	mode           fetch.Mode
	credentials    fetch.CredentialsMode
	redirect       fetch.RedirectMode
	cache          fetch.CacheMode
	referrerPolicy fetch.ReferrerPolicy
	integrity      string
	keepalive      bool
	uploadListener bool
}

// decodeExtra reads the member _corscope of an entry.
func (e *harEntry) decodeExtra(j *jsonReader) error {
	return j.object(func(key string) error {
		switch key {
		case "asked":
			e.asked = new(harAsked)
			return e.asked.decode(j)
		case "failure":
			return j.object(func(key string) (err error) {
				var s string
				switch key {
				case "code":
					s, err = j.text(100)
					e.reason.Code = fetch.ReasonCode(s)
				case "detail":
					e.reason.Detail, err = j.text(1 << 10)
				default:
					err = j.skip()
				}
				return err
			})
		}
		return j.skip()
	})
}

func (a *harAsked) decode(j *jsonReader) error {
	return j.object(func(key string) error {
		switch key {
		case "headers":
			return j.array(func() error {
				name, err := j.text(1 << 10)
				if len(a.headers) < maxHARHeaders {
					a.headers = append(a.headers, name)
				}
				return err
			})
		case "keepalive", "uploadListener":
			yes, err := j.boolean()
			if key == "keepalive" {
				a.keepalive = yes
			} else {
				a.uploadListener = yes
			}
			return err
		}
		s, err := j.text(4 << 10)
		switch key {
		case "page":
			a.page = s
		case "mode":
			a.mode = fetch.Mode(s)
		case "credentials":
			a.credentials = fetch.CredentialsMode(s)
		case "redirect":
			a.redirect = fetch.RedirectMode(s)
		case "cache":
			a.cache = fetch.CacheMode(s)
		case "referrerPolicy":
			a.referrerPolicy = fetch.ReferrerPolicy(s)
		case "integrity":
			a.integrity = s
		}
		return err
	})
}

// take fills in the request, of which sent are the headers. What is no value of fetch() is refused when the request is made.
func (a *harAsked) take(in *Intake, sent fetch.HeaderList) {
	in.Page = a.page
	q := &in.Request
	q.Mode, q.Credentials, q.Redirect, q.Cache = a.mode, a.credentials, a.redirect, a.cache
	q.ReferrerPolicy, q.Integrity, q.Keepalive, q.UploadListener = a.referrerPolicy, a.integrity, a.keepalive, a.uploadListener
	q.Headers = nil
	for _, h := range sent {
		if slices.ContainsFunc(a.headers, func(name string) bool { return httpspec.EqualFold(name, h.Name) }) {
			q.Headers = append(q.Headers, h)
		}
	}
	in.Assumed = nil
	in.know(FlagFrom, FlagMode, FlagCredentials, FlagRedirect, FlagCookie)
}
