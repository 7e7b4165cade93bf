package jsrun

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/corscope/corscope/fetch"
)

// loadStart is how much is read of what a page loads and nobody here shows: enough to tell what it is.
const loadStart = 1 << 20

// loadRequest is what an element or a font asks for.
type loadRequest struct {
	id int
	// what names the element's way to use the answer: script, module-script, image, font, style, preload, module or media.
	what string
	// loads says of a preload that it has a load event, whatever came of the request.
	loads bool
	fetch.PotentialCORSRequest
}

// opLoad fetches for an element or a font: it takes a number, what is loaded, its initiator type, a URL, a destination, a CORS setting,
// integrity and a referrer policy. The hook "loaded" is given the number and what was loaded, or null: of a script its text, of a
// picture its width and height, "opaque" or "readable" of all else.
//
// https://html.spec.whatwg.org/#create-a-potential-cors-request
func opLoad(r *run, a arguments) (any, error) {
	limits, q := &r.config.Limits, r.requests
	if r.loop.pending >= limits.Requests {
		r.stop(&LimitError{Code: LimitRequests, Max: int64(limits.Requests)})
		return nil, errStopped
	}
	load := loadRequest{id: a.int(0), what: a.str(1), PotentialCORSRequest: fetch.PotentialCORSRequest{
		InitiatorType: fetch.InitiatorType(a.str(2)), URL: a.str(3), Destination: fetch.Destination(a.str(4)), CORS: fetch.CORSSetting(a.str(5)),
		Integrity: a.str(6), ReferrerPolicy: fetch.ReferrerPolicy(a.str(7)),
	}}
	left := int64(loadStart)
	isScript := load.what == "script" || load.what == "module-script"
	if isScript {
		if r.modules.count++; r.modules.count > limits.Modules {
			r.stop(&LimitError{Code: LimitModules, Max: int64(limits.Modules)})
			return nil, errStopped
		}
		left = limits.ModuleBytes - r.modules.bytes + 1
	}
	if r.config.OnTrace != nil {
		load.Trace = new(fetch.Trace)
	}
	ctx, cancel := context.WithCancel(r.ctx)
	q.cancel[load.id] = cancel
	r.loop.pending++
	q.work.Go(func() {
		response, err := q.load(ctx, &load)
		var body []byte
		if err == nil && response != nil && !response.IsError() {
			if body, err = readAtMost(response.Internal().Body, left); err != nil {
				load.loads = false
			}
		}
		r.loop.post(func() {
			defer cancel()
			r.loop.pending--
			delete(q.cancel, load.id)
			if response != nil {
				defer response.Close()
				q.tell(fetch.Request{URL: load.URL, Trace: load.Trace}, response)
			}
			if noModule := (*fetch.ModuleError)(nil); errors.As(err, &noModule) {
				if load.Trace != nil {
					r.config.OnTrace(load.Trace)
				}
				_ = r.complain(noModule)
			}
			if isScript {
				if r.modules.bytes += int64(len(body)); r.modules.bytes > limits.ModuleBytes {
					r.fatal = &LimitError{Code: LimitModuleBytes, Max: limits.ModuleBytes}
					return
				}
			}
			var loaded any
			if err == nil && response != nil && !response.IsError() {
				var fault string
				if loaded, fault = load.use(response, body, r.config.Page.Agent().Profile().StyleOfAnyType); fault != "" {
					_, _ = opPrint(r, arguments{float64(2), "corscope: " + fetch.BriefURL(response.Internal().URL()) + " " + fault})
				}
			}
			if load.what == "module-script" && loaded != nil {
				r.hasFetched(&load, response, body)
			}
			if load.what == "preload" || load.what == "module" {
				policy := r.config.Page.Agent().Profile().Preload
				if loaded != nil && load.Destination == fetch.DestinationImage && policy.ImageNeedsPicture && !(policy.FailuresLoad && response.Type == fetch.TypeOpaque) {
					_, _, load.loads = pictureSize(response.Internal().MIMEType(), body)
				}
				if loaded = nil; load.loads {
					loaded = "opaque" // which a link does not ask
				}
			}
			r.dispatch("loaded", load.id, loaded)
		})
	})
	return nil, nil
}

// load waits for its turn on the network.
func (q *requests) load(ctx context.Context, load *loadRequest) (response *fetch.Response, err error) {
	select {
	case q.slots <- struct{}{}:
		defer func() { <-q.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	page := q.run.config.Page
	module := fetch.ModuleRequest{URL: load.URL, Credentials: load.moduleCredentials(), InitiatorType: load.InitiatorType, Integrity: load.Integrity,
		ReferrerPolicy: load.ReferrerPolicy, Trace: load.Trace}
	switch load.what {
	case "preload":
		response, load.loads, err = page.FetchPreload(ctx, load.PotentialCORSRequest)
	case "module":
		response, load.loads, err = page.FetchModulePreload(ctx, module)
	case "module-script":
		response, err = page.FetchModule(ctx, module)
	default:
		response, err = page.FetchPotentialCORS(ctx, load.PotentialCORSRequest)
	}
	return response, err
}

// moduleCredentials are what crossorigin asks for where everything is asked for by CORS.
//
// https://html.spec.whatwg.org/#cors-settings-attribute-credentials-mode
func (l *loadRequest) moduleCredentials() fetch.CredentialsMode {
	if l.CORS == fetch.UseCredentials {
		return fetch.CredentialsInclude
	}
	return fetch.CredentialsSameOrigin
}

func readAtMost(body io.Reader, n int64) ([]byte, error) {
	if body == nil {
		return nil, nil
	}
	return io.ReadAll(io.LimitReader(body, n))
}

// use says what the hook is given of an answer, nil where the element cannot use it, and then why: nothing of that is CORS.
func (l *loadRequest) use(response *fetch.Response, body []byte, styleOfAnyType bool) (loaded any, fault string) {
	inner := response.Internal()
	visible := "readable"
	if response.Type == fetch.TypeOpaque {
		visible = "opaque"
	}
	isOK := inner.Status >= 200 && inner.Status <= 299
	if fault := inner.BlockedByType(l.Destination); fault != "" {
		return nil, fault
	}
	switch l.what {
	case "script":
		if visible == "opaque" && inner.MIMEType() == "text/html" && beginsAsHTML(body) {
			return nil, "is HTML and no script, which browsers keep out of the page (Opaque Response Blocking)"
		}
		if !isOK {
			return nil, ""
		}
		text, _ := decodeUTF8(body)
		return strings.TrimPrefix(text, "\ufeff"), ""
	case "image":
		// A picture counts whatever its status.
		nosniff := inner.IsNosniff()
		if mime := inner.MIMEType(); nosniff && !strings.HasPrefix(mime, "image/") {
			return nil, fmt.Sprintf("has Content-Type %s and X-Content-Type-Options: nosniff, and is no picture", quoteName(mime))
		}
		width, height, ok := pictureSize(inner.MIMEType(), body)
		if !ok {
			return nil, ""
		}
		return fmt.Sprintf("%d %d %s", width, height, visible), ""
	case "font":
		if !isOK || !isFont(body) {
			return nil, ""
		}
	case "style":
		if mime := inner.MIMEType(); isOK && mime != "" && mime != "text/css" {
			if styleOfAnyType {
				loaded = visible
			}
			return loaded, fmt.Sprintf("has Content-Type %s, and a style sheet needs text/css", quoteName(mime))
		}
		if !isOK {
			return nil, ""
		}
	case "media":
		if !isOK || !isMedia(inner.MIMEType(), body) {
			return nil, ""
		}
	}
	return visible, ""
}

// beginsAsHTML reports whether a text that says that it is HTML begins so.
//
// https://mimesniff.spec.whatwg.org/#rules-for-identifying-an-unknown-mime-type
func beginsAsHTML(b []byte) bool {
	text := strings.TrimLeft(strings.TrimPrefix(string(b[:min(len(b), 1024)]), "\ufeff"), "\t\n\f\r ")
	for _, tag := range [...]string{"<!doctype html", "<html", "<head", "<script", "<iframe", "<h1", "<div", "<font", "<table", "<a", "<style", "<title", "<b", "<body", "<br", "<p", "<!--"} {
		if len(text) > len(tag) && strings.EqualFold(text[:len(tag)], tag) && (tag == "<!--" || strings.IndexByte(" >\t\n\r", text[len(tag)]) >= 0) {
			return true
		}
	}
	return false
}
