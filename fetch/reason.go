package fetch

import "strings"

// ReasonCode names why a page does not get an answer. Codes are stable: they are part of the JSON output and of the vectors.
// The zero value means that nothing was blocked.
type ReasonCode string

// The rules that stop a request before anything is sent.
const (
	// ReasonBadPort: the URL's port belongs to another protocol. https://fetch.spec.whatwg.org/#port-blocking
	ReasonBadPort ReasonCode = "bad-port"
	// ReasonMixedContent: a page from a secure origin asks for an insecure URL.
	ReasonMixedContent ReasonCode = "mixed-content"
	// ReasonCSPConnectSrc: the page's own Content-Security-Policy does not let it connect. https://w3c.github.io/webappsec-csp/#directive-connect-src
	ReasonCSPConnectSrc ReasonCode = "csp-connect-src"
	// ReasonLocalNetworkAccess: a page of the internet asks for the user's own network, and the user, or the page's own policy, does not let
	// it. https://wicg.github.io/local-network-access/#local-network-access-check
	ReasonLocalNetworkAccess ReasonCode = "local-network-access"
	// ReasonLocalNetworkInsecure: the same of a page on plain http, for which the user is not even asked.
	ReasonLocalNetworkInsecure ReasonCode = "local-network-insecure"
	// ReasonTargetAddressSpace: the server is in another address space than the page said.
	ReasonTargetAddressSpace ReasonCode = "target-address-space"
	// ReasonCSPScriptSrc: the page's own Content-Security-Policy does not let it load the module.
	// https://w3c.github.io/webappsec-csp/#directive-script-src-elem
	ReasonCSPScriptSrc ReasonCode = "csp-script-src"
	// ReasonCSPSubresource: the page's own policy does not let it load an image, a font, a style sheet, or audio and video from there.
	ReasonCSPSubresource ReasonCode = "csp-subresource"
	// ReasonSameOriginMode: mode same-origin and another origin's URL.
	ReasonSameOriginMode ReasonCode = "same-origin-mode"
	// ReasonNoCORSRedirectMode: mode no-cors needs redirect mode follow.
	ReasonNoCORSRedirectMode ReasonCode = "no-cors-redirect-mode"
	// ReasonScheme: the URL's scheme cannot be fetched, or not across origins.
	ReasonScheme ReasonCode = "scheme-not-fetchable"
	// ReasonDataURL: a data: URL that cannot be read. https://fetch.spec.whatwg.org/#data-url-processor
	ReasonDataURL ReasonCode = "data-url-malformed"
	// ReasonBlobURL: a blob: URL that names nothing, or of which this is no request.
	ReasonBlobURL ReasonCode = "blob-url-unavailable"
	// ReasonKeepaliveQuota: more than 64 KiB of keepalive bodies in flight.
	ReasonKeepaliveQuota ReasonCode = "keepalive-quota"
	// ReasonOnlyIfCached: cache mode only-if-cached and nothing in the cache.
	ReasonOnlyIfCached ReasonCode = "only-if-cached"
)

// The CORS check, on the answer to a preflight or to the request itself ([Reason.Phase] says which).
// https://fetch.spec.whatwg.org/#concept-cors-check
const (
	ReasonAllowOriginMissing     ReasonCode = "allow-origin-missing"
	ReasonAllowOriginMismatch    ReasonCode = "allow-origin-mismatch"
	ReasonAllowOriginMultiple    ReasonCode = "allow-origin-multiple"
	ReasonAllowOriginInvalid     ReasonCode = "allow-origin-invalid"
	ReasonAllowOriginWildcard    ReasonCode = "allow-origin-wildcard-with-credentials"
	ReasonAllowCredentialsAbsent ReasonCode = "allow-credentials-missing"
	ReasonAllowCredentialsValue  ReasonCode = "allow-credentials-not-true"
)

// The rest of the preflight. https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
const (
	ReasonPreflightRedirect      ReasonCode = "preflight-redirect"
	ReasonPreflightStatus        ReasonCode = "preflight-status"
	ReasonAllowMethodsMalformed  ReasonCode = "allow-methods-malformed"
	ReasonAllowHeadersMalformed  ReasonCode = "allow-headers-malformed"
	ReasonMethodNotAllowed       ReasonCode = "method-not-allowed"
	ReasonMethodWildcard         ReasonCode = "method-wildcard-with-credentials"
	ReasonHeaderNotAllowed       ReasonCode = "header-not-allowed"
	ReasonHeaderWildcard         ReasonCode = "header-wildcard-with-credentials"
	ReasonAuthorizationNotListed ReasonCode = "authorization-not-listed"
)

// Redirects. https://fetch.spec.whatwg.org/#concept-http-redirect-fetch
const (
	ReasonRedirectMode        ReasonCode = "redirect-mode-error"
	ReasonRedirectLocation    ReasonCode = "redirect-location-invalid"
	ReasonRedirectScheme      ReasonCode = "redirect-scheme"
	ReasonRedirectLimit       ReasonCode = "redirect-limit"
	ReasonRedirectCredentials ReasonCode = "redirect-credentials"
	ReasonRedirectStream      ReasonCode = "redirect-stream-body"
)

// Rules on the answer other than CORS.
const (
	// ReasonCORP: Cross-Origin-Resource-Policy refuses. https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header
	ReasonCORP ReasonCode = "cross-origin-resource-policy"
	// ReasonCOEP: the page's Cross-Origin-Embedder-Policy asks for a Cross-Origin-Resource-Policy that is not there.
	ReasonCOEP ReasonCode = "cross-origin-embedder-policy"
	// ReasonIntegrity: the body has not the hash that the request's integrity asks for.
	ReasonIntegrity ReasonCode = "integrity-mismatch"
)

// The network: the exchange failed, and not because of any rule of the browser's.
const (
	ReasonNameNotResolved ReasonCode = "name-not-resolved"
	ReasonRefused         ReasonCode = "connection-refused"
	ReasonUnreachable     ReasonCode = "address-unreachable"
	ReasonReset           ReasonCode = "connection-reset"
	ReasonClosed          ReasonCode = "connection-closed"
	ReasonTimeout         ReasonCode = "timeout"
	ReasonCertificate     ReasonCode = "tls-certificate"
	ReasonTLS             ReasonCode = "tls-handshake"
	ReasonProxy           ReasonCode = "proxy-failed"
	ReasonProxyAuth       ReasonCode = "proxy-authentication"
	ReasonHeadersTooLarge ReasonCode = "headers-too-large"
	ReasonMalformed       ReasonCode = "malformed-response"
	ReasonNetwork         ReasonCode = "network-failed"
	// ReasonNotSent: [AgentConfig.BeforeSend] stopped the request.
	ReasonNotSent ReasonCode = "not-sent"
	// ReasonNotRecorded: a replayed trace never saw the exchange that is now needed.
	ReasonNotRecorded ReasonCode = "not-recorded"
)

// ReasonCodes returns every code, in the order in which a fetch can meet them.
func ReasonCodes() []ReasonCode {
	return []ReasonCode{
		ReasonBadPort, ReasonMixedContent, ReasonCSPConnectSrc, ReasonCSPScriptSrc, ReasonCSPSubresource, ReasonSameOriginMode, ReasonNoCORSRedirectMode, ReasonScheme, ReasonDataURL,
		ReasonBlobURL, ReasonKeepaliveQuota, ReasonOnlyIfCached, ReasonLocalNetworkAccess, ReasonLocalNetworkInsecure, ReasonTargetAddressSpace,
		ReasonAllowOriginMissing, ReasonAllowOriginMismatch, ReasonAllowOriginMultiple, ReasonAllowOriginInvalid,
		ReasonAllowOriginWildcard, ReasonAllowCredentialsAbsent, ReasonAllowCredentialsValue,
		ReasonPreflightRedirect, ReasonPreflightStatus, ReasonAllowMethodsMalformed, ReasonAllowHeadersMalformed,
		ReasonMethodNotAllowed, ReasonMethodWildcard, ReasonHeaderNotAllowed, ReasonHeaderWildcard, ReasonAuthorizationNotListed,
		ReasonRedirectMode, ReasonRedirectLocation, ReasonRedirectScheme, ReasonRedirectLimit, ReasonRedirectCredentials,
		ReasonRedirectStream,
		ReasonCORP, ReasonCOEP, ReasonIntegrity,
		ReasonNameNotResolved, ReasonRefused, ReasonUnreachable, ReasonReset, ReasonClosed, ReasonTimeout, ReasonCertificate,
		ReasonTLS, ReasonProxy, ReasonProxyAuth, ReasonHeadersTooLarge, ReasonMalformed, ReasonNetwork, ReasonNotSent, ReasonNotRecorded,
	}
}

// IsNetwork reports whether the exchange itself failed (name, connection, TLS, time), so that no header would have helped.
func (c ReasonCode) IsNetwork() bool {
	switch c {
	case ReasonNameNotResolved, ReasonRefused, ReasonUnreachable, ReasonReset, ReasonClosed, ReasonTimeout, ReasonCertificate,
		ReasonTLS, ReasonProxy, ReasonProxyAuth, ReasonHeadersTooLarge, ReasonMalformed, ReasonNetwork, ReasonNotSent, ReasonNotRecorded:
		return true
	}
	return false
}

// Phase says which part of a fetch a reason or a step belongs to.
type Phase string

// The phases.
const (
	// PhaseBefore: nothing was sent.
	PhaseBefore Phase = "before"
	// PhasePreflight: the OPTIONS request and its answer.
	PhasePreflight Phase = "preflight"
	// PhaseRequest: the request itself and its answer, redirects included.
	PhaseRequest Phase = "request"
)

// Reason says why a page does not get an answer. The zero value means that it does. It is a comparable value.
type Reason struct {
	Code ReasonCode `json:"code,omitempty"`
	// Phase says at what the rule was applied.
	Phase Phase `json:"phase,omitempty"`
	// Algorithm is the anchor of the deciding algorithm in its standard, Step the step's number there.
	Algorithm string `json:"algorithm,omitempty"`
	Step      string `json:"step,omitempty"`
	// URL is the one that was asked when the rule was applied: the last one of a chain of redirects.
	URL string `json:"url,omitempty"`
	// Subject is what was judged: a header's or a method's name, a port, a redirect's target.
	Subject string `json:"subject,omitempty"`
	// Want is what the rule asks for, in the form in which the server would write it where that can be said.
	Want string `json:"want,omitempty"`
	// Got is what was there, joined from several lines as the standard does; empty where it was absent.
	Got string `json:"got,omitempty"`
	// Status is the HTTP status of the answer that was judged, or 0.
	Status int `json:"status,omitempty"`
	// Detail is a lower-case clause with what else is known, for a person; empty where Want and Got say it all.
	Detail string `json:"detail,omitempty"`
}

// IsZero reports whether nothing was blocked.
func (r Reason) IsZero() bool { return r.Code == "" }

// StoppedBehindRedirect reports whether a redirect was followed, and a rule that needs no answer stopped the request that it leads to, so
// that no server ever saw that one. URL is then where it would have gone.
func (r Reason) StoppedBehindRedirect() bool {
	if r.Phase != PhaseRequest || !isRedirectStatus(r.Status) {
		return false
	}
	switch r.Code {
	case ReasonBadPort, ReasonMixedContent, ReasonCSPConnectSrc, ReasonCSPScriptSrc, ReasonCSPSubresource, ReasonSameOriginMode, ReasonScheme,
		ReasonLocalNetworkAccess, ReasonLocalNetworkInsecure, ReasonTargetAddressSpace:
		return true
	}
	return false
}

// Link is the address of the deciding algorithm in its standard.
func (r Reason) Link() string { return stepLink(r.Algorithm) }

// String returns the sentence, or "not blocked". A Reason is not an error by itself: [BlockedError] is.
func (r Reason) String() string {
	if r.IsZero() {
		return "not blocked"
	}
	return r.Sentence()
}

// BlockedError is what [Page.Client] and [Page.Transport] return for a fetch that the page may not see: Go's form of the
// TypeError that JavaScript gets.
type BlockedError struct {
	Reason Reason
}

func (e *BlockedError) Error() string {
	s := e.Reason.Sentence()
	return "fetch: blocked: " + strings.ToLower(s[:1]) + strings.TrimSuffix(s[1:], ".")
}
