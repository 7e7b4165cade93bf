package jsrun

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"modernc.org/quickjs"

	"github.com/corscope/corscope/fetch"
)

// maxModuleDepth is how long a chain of imports may be. The engine follows it by recursion.
const maxModuleDepth = 200

// modules are those that the script imported. The engine has a module of its own for each name, and asks once for each.
type modules struct {
	byName map[string]*module
	count  int
	bytes  int64
}

// module is one that was asked for.
type module struct {
	referrer string // the module that imported it first; empty: the script itself
	base     string // what its own imports are relative to: its URL behind redirects
	depth    int
	source   string
}

// resolveModule makes a specifier the URL of a module.
//
// https://html.spec.whatwg.org/#resolve-a-module-specifier
func (r *run) resolveModule(_ *quickjs.VM, from, specifier string) (string, error) {
	if specifier == preludeName {
		return specifier, nil
	}
	importer := &module{base: r.pageURL()}
	referrer := ""
	if m := r.modules.byName[from]; m != nil {
		importer, referrer = m, m.base
	}
	u, err := resolveSpecifier(importer.base, specifier)
	if err != nil {
		return "", err
	}
	name := u.String()
	if r.modules.byName[name] == nil {
		r.modules.byName[name] = &module{referrer: referrer, base: name, depth: importer.depth + 1}
	}
	return name, nil
}

// resolveSpecifier takes whole URLs, and relative ones that begin with a slash or a dot. There are no import maps.
func resolveSpecifier(base, specifier string) (*fetch.URL, error) {
	if strings.HasPrefix(specifier, "/") || strings.HasPrefix(specifier, "./") || strings.HasPrefix(specifier, "../") {
		if base == "" {
			return nil, fmt.Errorf("%s is relative, and the page has no URL: give it one", quoteName(specifier))
		}
		from, err := fetch.ParseURL(base)
		if err != nil {
			return nil, err
		}
		u, err := from.Parse(specifier)
		if err != nil {
			return nil, fmt.Errorf("%s cannot be made a URL: %w", quoteName(specifier), err)
		}
		return u, nil
	}
	u, err := fetch.ParseURL(specifier)
	if err != nil {
		return nil, fmt.Errorf("%s is a bare specifier, and there is no import map: begin it with /, ./ or ../, or write the whole URL", quoteName(specifier))
	}
	return u, nil
}

// documentURL is the page's URL, also where it has no name.
func (r *run) documentURL() string {
	if u := r.pageURL(); u != "" {
		return u
	}
	return "about:blank"
}

// pageURL is what the script's own imports are relative to; empty for a page without a name.
func (r *run) pageURL() string {
	if u := r.config.Page.URL(); u != nil {
		return u.String()
	}
	return ""
}

// loadModule fetches a module while the page stands still. What it may not have is told as for any other fetch; the script learns no more
// than that.
func (r *run) loadModule(_ *quickjs.VM, name string) (string, error) {
	m := r.modules.byName[name]
	if m == nil {
		return "", fmt.Errorf("%s cannot be imported", quoteName(name))
	}
	limits := &r.config.Limits
	r.modules.count++
	switch {
	case r.modules.count > limits.Modules:
		return "", r.moduleLimit(&LimitError{Code: LimitModules, Max: int64(limits.Modules)})
	case m.depth > maxModuleDepth:
		return "", r.moduleLimit(&LimitError{Code: LimitModuleDepth, Max: maxModuleDepth})
	}
	source, base, err := r.fetchModule(name, m.referrer)
	if err != nil {
		return "", err
	}
	m.base, m.source = base, source
	return withMeta(source, base), nil
}

// withMeta gives a module its URL: the engine gives one that it did not load itself an empty import.meta.
//
// https://html.spec.whatwg.org/#hostgetimportmetaproperties
func withMeta(source, url string) string {
	if !strings.Contains(source, "import.meta") {
		return source
	}
	// A URL holds nothing that Go and JavaScript would write in different ways.
	return "import.meta.url=" + strconv.Quote(url) + ";" + source
}

// fetchModule returns a module's source and its URL behind redirects.
func (r *run) fetchModule(url, referrer string) (source, base string, err error) {
	request := fetch.ModuleRequest{URL: url, Referrer: referrer}
	if r.config.OnTrace != nil {
		request.Trace = new(fetch.Trace)
	}
	response, err := r.config.Page.FetchModule(r.ctx, request)
	if r.stopped() {
		if err == nil {
			response.Close()
		}
		r.stop(r.fatal)
		return "", "", errStopped
	}
	refused := fmt.Errorf("failed to fetch the module %s", quoteName(url))
	if request.Trace != nil && request.Trace.Outcome.Type != "" {
		r.config.OnTrace(request.Trace)
	}
	var noModule *fetch.ModuleError
	switch {
	case errors.As(err, &noModule):
		return "", "", errors.Join(refused, r.complain(noModule))
	case err != nil:
		return "", "", refused
	case response.IsError():
		if r.config.OnBlocked != nil {
			r.config.OnBlocked("GET", url, response.Reason)
		}
		return "", "", refused
	}
	defer response.Close()
	left := r.config.Limits.ModuleBytes - r.modules.bytes
	b, err := io.ReadAll(io.LimitReader(response.Body, left+1))
	r.modules.bytes += int64(len(b))
	switch {
	case int64(len(b)) > left:
		return "", "", r.moduleLimit(&LimitError{Code: LimitModuleBytes, Max: r.config.Limits.ModuleBytes})
	case err != nil:
		return "", "", refused
	}
	source, _ = decodeUTF8(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")))
	return source, response.URL(), nil
}

// complain prints what a browser's console would say and its script does not learn.
func (r *run) complain(e *fetch.ModuleError) error {
	_, err := opPrint(r, arguments{float64(2), strings.TrimPrefix(e.Error(), "fetch: ")})
	return err
}

// moduleFailures are what the engine puts before the messages of this file.
var moduleFailures = strings.NewReplacer("module load failed: ", "", "module normalization failed: ", "")

func (r *run) moduleLimit(err *LimitError) error {
	r.stop(err)
	return err
}
