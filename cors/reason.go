package cors

// Reason says how a request fares under a policy. There is one catalogue for
// preflights and actual requests. The zero Reason is [ReasonNoPolicy].
type Reason uint8

const (
	// ReasonNoPolicy: there is no policy, or the route's is off; nothing is added.
	ReasonNoPolicy Reason = iota
	// ReasonNotCORS: the request has no Origin header; or the policy does not list
	// it, but Sec-Fetch-Site says that a page of the server's own origin asks, or none
	// at all, to which browsers apply no CORS.
	ReasonNotCORS
	// ReasonAllowed: the page may read the answer, or may send what it asked for.
	ReasonAllowed
	// ReasonOriginRepeated: the request has more than one Origin header.
	ReasonOriginRepeated
	// ReasonOriginMalformed: the Origin header is not an origin. No browser sent it.
	ReasonOriginMalformed
	// ReasonOriginNull: the Origin header is null, as of sandboxed frames and
	// files, and the policy does not allow that.
	ReasonOriginNull
	// ReasonOriginNotAllowed: no entry of the policy matches the origin.
	ReasonOriginNotAllowed
	// ReasonMethodMalformed: Access-Control-Request-Method is not one method.
	ReasonMethodMalformed
	// ReasonMethodNotAllowed: the policy does not list the method.
	ReasonMethodNotAllowed
	// ReasonHeadersMalformed: Access-Control-Request-Headers is not a list of
	// header names.
	ReasonHeadersMalformed
	// ReasonHeadersTooLong: Access-Control-Request-Headers has more bytes, lines or
	// empty members than any browser sends.
	ReasonHeadersTooLong
	// ReasonHeaderNotAllowed: the policy does not list one of the headers.
	ReasonHeaderNotAllowed

	reasonCount
)

var reasonNames = [reasonCount]string{
	ReasonNoPolicy:         "no-policy",
	ReasonNotCORS:          "not-cors",
	ReasonAllowed:          "allowed",
	ReasonOriginRepeated:   "origin-repeated",
	ReasonOriginMalformed:  "origin-malformed",
	ReasonOriginNull:       "origin-null",
	ReasonOriginNotAllowed: "origin-not-allowed",
	ReasonMethodMalformed:  "method-malformed",
	ReasonMethodNotAllowed: "method-not-allowed",
	ReasonHeadersMalformed: "headers-malformed",
	ReasonHeadersTooLong:   "headers-too-long",
	ReasonHeaderNotAllowed: "header-not-allowed",
}

// String returns the reason's stable name, such as "origin-not-allowed", and
// "unknown" for a value that is none.
func (r Reason) String() string {
	if r >= reasonCount {
		return "unknown"
	}
	return reasonNames[r]
}

// MarshalText implements [encoding.TextMarshaler] with the name.
func (r Reason) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// Refused reports whether a browser will block: true for all but
// [ReasonNoPolicy], [ReasonNotCORS] and [ReasonAllowed].
func (r Reason) Refused() bool { return r > ReasonAllowed && r < reasonCount }

// Reasons returns all reasons, in ascending order.
func Reasons() []Reason {
	all := make([]Reason, reasonCount)
	for i := range all {
		all[i] = Reason(i)
	}
	return all
}
