package diagnose

import (
	"slices"
	"strconv"
	"strings"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
	"github.com/corscope/corscope/origin"
)

// Words is what a console, a library or a server says of a fetch that failed, as far as it says it. Empty fields are what it does not say.
type Words struct {
	// Cause is the ID in the catalogue of what the words stand for by themselves: the rule of the engine, or another cause.
	Cause string
	Phase fetch.Phase
	// Page is the origin of the page that asked.
	Page string
	// URL is the one that was refused, RedirectedFrom the one that the page asked for where it was another.
	URL, RedirectedFrom string
	// Method, Header and Value are what was refused.
	Method, Header, Value string
	// Directive is that of the page's Content-Security-Policy which forbids the request, and Value then what the policy says.
	Directive string
	// Status is the answer's; 0 where the words have none.
	Status int
}

// Meaning is what words come to.
type Meaning struct {
	// Cause is the most likely one.
	Cause Cause
	// Says is a sentence on what the words themselves tell of this fetch; may be empty.
	Says string
	// Others are causes for which the same words are said, the most frequent first.
	Others []Cause
}

// Interpret names the cause that words stand for. Nothing is asked of anybody: what the words leave open stands in Others. It returns
// false where they name none.
func Interpret(w Words) (Meaning, bool) {
	if w.Cause == "" {
		return Meaning{}, false
	}
	cause, says, others := w.meaning()
	m := Meaning{Cause: causesByID[cause], Says: says}
	for _, other := range others {
		if other != cause {
			m.Others = append(m.Others, causesByID[other])
		}
	}
	return m, m.Cause.ID != ""
}

func (w Words) meaning() (cause, says string, others []string) {
	if w.Value == "(null)" {
		w.Value = "" // what Firefox prints of no value at all
	}
	switch fetch.ReasonCode(w.Cause) {
	case fetch.ReasonAllowOriginMissing:
		return w.missing()
	case fetch.ReasonAllowOriginMismatch, fetch.ReasonAllowOriginInvalid, fetch.ReasonAllowOriginMultiple:
		return w.wrongOrigin()
	case fetch.ReasonAllowCredentialsValue:
		if w.Value == "" {
			return id(fetch.ReasonAllowCredentialsAbsent), "", []string{id(fetch.ReasonAllowCredentialsValue)}
		}
		return w.Cause, "The answer says Access-Control-Allow-Credentials: " + w.Value + ".", nil
	case fetch.ReasonPreflightStatus:
		return w.preflightStatus()
	case fetch.ReasonPreflightRedirect:
		return w.preflightRedirect()
	case fetch.ReasonMethodNotAllowed:
		if w.Method == "" {
			return w.Cause, "", nil
		}
		if upper := strings.ToUpper(w.Method); upper != w.Method {
			return "method-case", "The page asks with " + w.Method + ", which is not " + upper + ".", []string{w.Cause}
		}
		return w.Cause, "The method is " + w.Method + ".", nil
	case fetch.ReasonHeaderNotAllowed:
		return w.requestHeader()
	case fetch.ReasonScheme:
		if strings.HasPrefix(w.URL, "file:") || w.Page == opaque {
			return w.Cause, "The page is a file, and asks for another. Serve their folder over http, by python3 -m http.server or npx serve, and open it from there.", nil
		}
		return w.Cause, "", nil
	case fetch.ReasonCSPConnectSrc, fetch.ReasonCSPScriptSrc, fetch.ReasonCSPSubresource:
		return w.Cause, w.forbidden(), nil
	case fetch.ReasonNetwork:
		return w.Cause, "The browser had no answer that it could look at, so that no header of the server's was at fault.", w.unanswered()
	}
	return w.Cause, "", nil
}

// forbidden is about a request that the page's own Content-Security-Policy forbids: what it says, and what it has to say.
func (w Words) forbidden() string {
	if w.Directive == "" {
		return ""
	}
	u, err := fetch.ParseURL(w.URL)
	if err != nil || !u.IsHTTP() {
		return "The directive is " + w.Directive + "."
	}
	server := u.Origin().String()
	name, sources, _ := strings.Cut(strings.TrimRight(strings.TrimSpace(w.Value), ";"), " ")
	if name == "" {
		return "The directive is " + w.Directive + ": add " + server + " to it."
	}
	if sources = strings.TrimSpace(sources); sources == "'none'" {
		sources = ""
	}
	own := strings.TrimSuffix(name, "-elem") == w.Directive
	if own {
		w.Directive = name
	}
	line := strings.Join(strings.Fields(w.Directive+" "+sources+" "+server), " ")
	if own {
		return "The policy says " + strconv.Quote(w.Value) + ". Make that " + strconv.Quote(line) + "."
	}
	return "The policy says " + strconv.Quote(w.Value) + " and has no " + w.Directive + " of its own. Add one: " + strconv.Quote(line) + "."
}

// missing is about an answer without Access-Control-Allow-Origin.
func (w Words) missing() (cause, says string, others []string) {
	if w.Page == opaque {
		return w.hidden()
	}
	if w.Phase == fetch.PhasePreflight {
		if w.Status > 0 && !isOK(w.Status) {
			return w.preflightStatus()
		}
		others = []string{"preflight-needs-login", "preflight-not-routed", "preflight-server-error", "preflight-refused", "preflight-without-headers", "bot-wall"}
		if isStorage(w.URL) {
			return "storage-bucket-rule", "The URL is that of a storage bucket, and its answer to OPTIONS has no Access-Control-Allow-Origin.", nil
		}
		return id(fetch.ReasonAllowOriginMissing), "It is the answer to OPTIONS, the preflight, that has no Access-Control-Allow-Origin. Its status tells why.", others
	}
	if w.RedirectedFrom != "" && isLogin(w.URL) {
		return "redirect-to-login", "The page asked for " + w.RedirectedFrom + " and was sent to " + w.URL + ", which looks like a place to log in.", nil
	}
	if w.Status >= 300 {
		return w.errorStatus()
	}
	if isStorage(w.URL) {
		return "storage-bucket-rule", "The URL is that of a storage bucket, and its answer has no Access-Control-Allow-Origin.", []string{"image-then-fetch", id(fetch.ReasonAllowOriginMissing)}
	}
	if w.RedirectedFrom != "" {
		return id(fetch.ReasonAllowOriginMissing), "The page asked for " + w.RedirectedFrom + " and was sent on to " + w.URL + ", whose answer has none.", []string{"redirect-to-login", "error-without-headers"}
	}
	if scheme, _, found := strings.Cut(w.Page, "://"); found && scheme != "http" && scheme != "https" {
		says = "The page is an app or an extension, whose origin is " + w.Page + ": the server has to name it as it stands."
		if strings.HasSuffix(scheme, "-extension") {
			says = "The page is an extension: with the server in its host_permissions its own pages and its service worker are let through; its content scripts are not."
		}
		return id(fetch.ReasonAllowOriginMissing), says, []string{"error-without-headers", "origin-not-listed"}
	}
	if w.Status > 0 {
		return id(fetch.ReasonAllowOriginMissing), "The answer is a " + strconv.Itoa(w.Status) + " without Access-Control-Allow-Origin.", []string{"origin-not-listed", "header-name-misspelt"}
	}
	return id(fetch.ReasonAllowOriginMissing), "", []string{"error-without-headers", "login-without-headers", "gateway-error", "origin-not-listed", "redirect-without-headers", "bot-wall"}
}

// hidden is about a page that asks as null.
func (w Words) hidden() (cause, says string, others []string) {
	switch {
	case w.RedirectedFrom == "":
		return "page-without-origin", "The origin is null: the page is a file, or in a sandbox.", []string{id(fetch.ReasonAllowOriginMissing)}
	case isLogin(w.URL):
		return "redirect-to-login", "The page asked for " + w.RedirectedFrom + " and was sent to " + w.URL + ", which looks like a place to log in.", []string{"redirect-hides-origin"}
	}
	return "redirect-hides-origin", "The page asked for " + w.RedirectedFrom + " and was sent on to " + w.URL + ", where the browser asks as null.", nil
}

// errorStatus is about an answer of 300 or more without the headers.
func (w Words) errorStatus() (cause, says string, others []string) {
	says = "The server answered " + strconv.Itoa(w.Status) + ", without Access-Control-Allow-Origin."
	switch {
	case isRedirect(w.Status):
		return "redirect-without-headers", says, []string{"redirect-to-https", "redirect-slash", "redirect-to-login"}
	case w.Status == 413:
		return "body-too-large", says, nil
	case isGateway(w.Status):
		return "gateway-error", says, nil
	case w.Status == 403 && isStorage(w.URL):
		return "storage-bucket-rule", says, []string{"login-without-headers"}
	case w.Status == 401, w.Status == 403:
		return "login-without-headers", says, []string{"origin-rejected", "bot-wall"}
	}
	return "error-without-headers", says, nil
}

// isGateway are the statuses that stand for the server behind.
func isGateway(status int) bool {
	return status == 502 || status == 504 || status >= 520 && status <= 527
}

func (w Words) preflightStatus() (cause, says string, others []string) {
	if w.Status == 0 {
		return id(fetch.ReasonPreflightStatus), "", []string{"preflight-not-routed", "preflight-needs-login", "preflight-server-error", "preflight-refused"}
	}
	says = "OPTIONS, the preflight, was answered " + strconv.Itoa(w.Status) + "."
	switch {
	case w.Status == 401:
		return "preflight-needs-login", says, nil
	case w.Status == 404:
		return "preflight-not-routed", says, []string{"url-not-found"}
	case w.Status == 405, w.Status == 501:
		return "preflight-not-routed", says, nil
	case w.Status >= 500:
		return "preflight-server-error", says, nil
	case isRedirect(w.Status):
		return w.preflightRedirect()
	case w.Status == 403 && isStorage(w.URL):
		return "storage-bucket-rule", says, nil
	}
	return "preflight-refused", says, []string{"preflight-needs-login", "bot-wall"}
}

func (w Words) preflightRedirect() (cause, says string, others []string) {
	general := []string{"preflight-redirect-to-https", "preflight-redirect-slash", "preflight-redirect-to-login"}
	if u, err := fetch.ParseURL(w.URL); err == nil && u.Scheme() == "https" {
		general = general[1:]
	}
	switch {
	case w.Value != "" && toHTTPS(w.URL, w.Value):
		return general[0], "OPTIONS is redirected to " + w.Value + ".", nil
	case w.Value != "" && slashApart(w.URL, w.Value):
		return "preflight-redirect-slash", "OPTIONS is redirected to " + w.Value + ".", nil
	case w.Value != "" && isLogin(w.Value):
		return "preflight-redirect-to-login", "OPTIONS is redirected to " + w.Value + ".", nil
	case isLogin(w.URL):
		return "preflight-redirect-to-login", w.URL + " looks like a place to log in, and OPTIONS is redirected there.", general
	case w.RedirectedFrom != "":
		return w.Cause, "The page asked for " + w.RedirectedFrom + ", was sent to " + w.URL + ", and OPTIONS is redirected there.", general
	}
	return id(fetch.ReasonPreflightRedirect), "", general
}

func (w Words) requestHeader() (cause, says string, others []string) {
	switch name := httpspec.Lower(w.Header); {
	case strings.HasPrefix(name, "access-control-"):
		return "cors-header-on-request", "The page sets " + w.Header + ".", nil
	case name == "content-type":
		return "content-type-not-allowed", "The page sets Content-Type.", []string{w.Cause}
	case name != "":
		return w.Cause, "The page sets " + w.Header + ".", nil
	}
	return w.Cause, "", nil
}

// wrongOrigin is about a value of Access-Control-Allow-Origin that is not the page's origin.
func (w Words) wrongOrigin() (cause, says string, others []string) {
	if w.Value != "" {
		says = "Access-Control-Allow-Origin is " + strconv.Quote(w.Value) + "."
		if w.Page != "" {
			says = "Access-Control-Allow-Origin is " + strconv.Quote(w.Value) + ", and the page is " + w.Page + "."
		}
	}
	if several, twice := severalOrigins(w.Value); several {
		if twice {
			return "header-set-twice", says, []string{id(fetch.ReasonAllowOriginMultiple)}
		}
		return id(fetch.ReasonAllowOriginMultiple), says, []string{"header-set-twice"}
	}
	switch {
	case w.Cause == id(fetch.ReasonAllowOriginMultiple):
		return w.Cause, says, []string{"header-set-twice"}
	case w.Value == "" && w.Cause == id(fetch.ReasonAllowOriginInvalid):
		return "origin-empty", "Access-Control-Allow-Origin is there, and empty.", nil
	case w.Value == "":
		return w.Cause, says, nil
	case w.Page == opaque:
		return w.hidden()
	}
	if _, err := origin.Parse(w.Value); err != nil && w.Value != opaque {
		return invalidOrigin(w.Value, w.Page), says, nil
	}
	cause = otherOrigin(w.Value, w.Page)
	if cause == id(fetch.ReasonAllowOriginMismatch) && w.Phase != fetch.PhasePreflight {
		others = []string{"cached-for-another-origin"}
	}
	return cause, says, others
}

// severalOrigins reports a value of more than one member. Nobody writes * into a list, or one origin twice: that is the work of two.
func severalOrigins(value string) (several, twice bool) {
	seen := make(map[string]bool)
	members := strings.Split(value, ",")
	for _, m := range members {
		m = strings.TrimSpace(m)
		twice = twice || m == httpspec.Wildcard || seen[m]
		seen[m] = true
	}
	return len(members) > 1, len(members) > 1 && twice
}

// unanswered are the causes of Firefox's "did not succeed", by what the URL shows.
func (w Words) unanswered() []string {
	refused, certificate, mixed := id(fetch.ReasonRefused), id(fetch.ReasonCertificate), id(fetch.ReasonMixedContent)
	rest := []string{"blocked-by-extension", id(fetch.ReasonNameNotResolved), id(fetch.ReasonLocalNetworkAccess), "body-never-begins"}
	u, err := fetch.ParseURL(w.URL)
	switch {
	case err != nil:
		return append([]string{refused, certificate, mixed}, rest...)
	case u.Scheme() == "https" && isThisMachine(u.Host()):
		return append([]string{certificate, refused}, rest...)
	case u.Scheme() == "https":
		return append([]string{"blocked-by-extension", certificate, refused}, rest[1:]...)
	case isThisMachine(u.Host()):
		return append([]string{refused}, rest...)
	}
	return append([]string{mixed, refused}, rest...)
}

// isStorage reports a URL of a service that stores files and answers by CORS rules of its own.
func isStorage(raw string) bool {
	u, err := fetch.ParseURL(raw)
	if err != nil {
		return false
	}
	host := u.Host()
	for _, suffix := range []string{".digitaloceanspaces.com", ".r2.cloudflarestorage.com", ".backblazeb2.com", ".blob.core.windows.net", ".aliyuncs.com", ".wasabisys.com"} {
		if strings.HasSuffix(host, suffix) {
			return true
		}
	}
	if host == "storage.googleapis.com" || host == "firebasestorage.googleapis.com" || strings.HasSuffix(host, ".storage.googleapis.com") {
		return true
	}
	return (strings.HasSuffix(host, ".amazonaws.com") || strings.HasSuffix(host, ".amazonaws.com.cn")) &&
		slices.ContainsFunc(strings.Split(host, "."), func(label string) bool { return label == "s3" || strings.HasPrefix(label, "s3-") })
}
