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
	// fault is why the last script element's module did not run; empty: it could not be fetched.
	fault string
}

// module is one that was asked for.
type module struct {
	referrer string // the module that imported it first; empty: the script itself
	base     string // what its own imports are relative to: its URL behind redirects
	depth    int
	source   string
	fetched  bool // source is there
	// credentials are those of the script element that wants it, and of all that it imports.
	credentials fetch.CredentialsMode
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
		r.modules.byName[name] = &module{referrer: referrer, base: name, depth: importer.depth + 1, credentials: importer.credentials}
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
	if m.fetched {
		return withMeta(m.source, m.base), nil
	}
	limits := &r.config.Limits
	r.modules.count++
	switch {
	case r.modules.count > limits.Modules:
		return "", r.moduleLimit(&LimitError{Code: LimitModules, Max: int64(limits.Modules)})
	case m.depth > maxModuleDepth:
		return "", r.moduleLimit(&LimitError{Code: LimitModuleDepth, Max: maxModuleDepth})
	}
	source, base, err := r.fetchModule(name, m)
	if err != nil {
		return "", err
	}
	m.base, m.source, m.fetched = base, source, true
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
func (r *run) fetchModule(url string, m *module) (source, base string, err error) {
	request := fetch.ModuleRequest{URL: url, Referrer: m.referrer, Credentials: m.credentials}
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

// loadFailed is what the engine puts before the message of a module that could not be fetched.
const loadFailed = "module load failed: "

// moduleFailures are what the engine puts before the messages of this file.
var moduleFailures = strings.NewReplacer(loadFailed, "", "module normalization failed: ", "")

func (r *run) moduleLimit(err *LimitError) error {
	r.stop(err)
	return err
}

// opModuleFetched says whether a module is there, which is then not asked for again.
func opModuleFetched(r *run, a arguments) (any, error) {
	m := r.modules.byName[a.str(0)]
	return m != nil && m.fetched, nil
}

// hasFetched takes the module of a script element.
func (r *run) hasFetched(load *loadRequest, response *fetch.Response, body []byte) {
	source, _ := decodeUTF8(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
	r.modules.byName[load.URL] = &module{base: response.URL(), source: source, fetched: true, credentials: load.moduleCredentials()}
}

// evalModule runs a script element's module, and returns its promise. Of one that cannot run it returns undefined, and opModuleFault says why.
//
// https://html.spec.whatwg.org/#run-a-module-script
func (r *run) evalModule(source string) quickjs.Value {
	promise, err := r.vm.EvalValue(withMeta(source, r.documentURL()), quickjs.EvalModule)
	if err == nil {
		return promise
	}
	if ended := r.ended(err); ended != nil {
		r.stop(ended)
	}
	r.modules.fault = ""
	var e *quickjs.Error
	if text := err.Error(); !strings.Contains(text, loadFailed) {
		r.modules.fault = moduleFailures.Replace(text)
		if errors.As(err, &e) && r.modules.byName[e.FileName] != nil {
			r.modules.fault += fmt.Sprintf(" (%s:%d:%d)", e.FileName, e.LineNumber, e.ColumnNumber)
		}
	}
	return quickjs.UndefinedValue
}

func opModuleFault(r *run, _ arguments) (any, error) { return r.modules.fault, nil }
