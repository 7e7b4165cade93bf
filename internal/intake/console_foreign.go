package intake

import (
	"strconv"
	"strings"

	"github.com/corscope/corscope/fetch"
)

// Firefox alone speaks other languages than English. Its sentence is built the same in all of them: the resource, then the reason, in
// which the headers' names and what they were given stand as they are, and then the status. So the reason is told by those names, and
// by a few words where no name stands in it. Source: dom/chrome/security/security.properties of Firefox's translations, read 2026-11-23.

var (
	foreignURL    = newPattern(`https?://[^\s'"<>)\x{80}-\x{10FFFF}]+|file://[^\s'"<>)]+|\bfile:`)
	foreignStatus = newPattern(`[.。)）]?\s*[^.。()（）:：]{0,30}[:：]\s*(?:(\d{3})|\(null\))[\s.。]*\d{0,4}\W*$`)
	foreignQuoted = newPattern("(?:[‘“\"'«„「『`]\\s?)([^‘’“”\"'«»„「」『』`]{1,300}?)(?:\\s?[’”\"'»“」』`‘])")
	// foreignLabel is what stands before a reason: "Grund: ", "Raison : ", "原因：".
	foreignLabel = newPattern(`^\p{L}[\p{L}\p{M} ]{0,14}[:：]\s*`)
)

// foreignSign is how a reason without a header's name is known.
type foreignSign struct {
	words *pattern
	code  fetch.ReasonCode
	phase fetch.Phase
	cause string
}

var foreignSigns = []foreignSign{
	{newPattern(`(?i)redire[ck]|weiterleit|umleit|omleid|przekierow|přesměr|átirány|omdiriger|перенаправ|pengalihan|nukreip|ανακατεύθ|chuyển hướng|เปลี่ยนเส้นทาง|重定向|重導|リダイレクト|리다이렉트`), fetch.ReasonPreflightRedirect, fetch.PhasePreflight, ""},
	{foreignPreflight, fetch.ReasonPreflightStatus, fetch.PhasePreflight, ""},
	{newPattern(`(?i)d[ée]sactiv|deaktiv|desativ|disattiv|uitgeschakeld|wyłączon|vypnut|kikapcsol|inaktiv|avslått|απενεργοπ|вимкнен|отключ|dinonaktif|išjungt|vô hiệu|ปิดใช้|未启用|禁用|停用|無効|비활성`), "", fetch.PhaseBefore, ""},
	{newPattern(`(?i)(?:^|[^\p{L}])http(?:$|[^\p{L}])|http가`), fetch.ReasonScheme, "", ""},
	{newPattern(`CORS`), "", "", string(fetch.ReasonNetwork)},
}

var (
	foreignPreflight = newPattern(`(?i)preflight|pré-v|verificación previa|praluncur|προκαταρκτ|előzetes|priešsiunt|предварит|预检|預檢|プリフライト|사전|\bOPTIONS\b`)
	foreignSeveral   = newPattern(`(?i)multip|múltip|mehrere|nur ein|plusieurs|meerdere|powtórz|\bpiù|vários|varios|vícenás|több|fleir|\bfler|несколько|численн|множеств|nhiều|หลาย|πολλαπλ|多个|多個|複数|여러`)
)

// gatherForeign reads Firefox's sentences in other languages than English.
func gatherForeign(text string) []Message {
	var found []Message
	searched := 0
	for line := range strings.Lines(text) {
		line = quotationSpaces.Replace(strings.TrimSpace(unmarked(line)))
		if len(line) > maxLine || !strings.Contains(line, "CORS") && !strings.Contains(line, "Access-Control-") && !strings.Contains(line, "file:") {
			continue
		}
		if searched += len(line); searched > maxSearched || len(found) == maxMessages {
			break
		}
		if m, ok := readForeign(line); ok && (isForeign(line) || foreignIn(line) >= 2) {
			found = append(found, m)
		}
	}
	return found
}

var quotationSpaces = strings.NewReplacer("\u00a0", " ", "\u202f", " ", "\u200b", "", "\ufeff", "")

// readForeign reads one such sentence.
func readForeign(line string) (Message, bool) {
	at := foreignURL.re().FindStringIndex(line)
	m := Message{Browser: Firefox, Foreign: true}
	rest := line
	if at != nil {
		m.URL, rest = strings.TrimRight(line[at[0]:at[1]], ".,;:"), line[at[1]:]
	} else if _, behind, found := strings.Cut(line, "CORS"); found {
		rest = "CORS" + behind
	}
	if status := foreignStatus.re().FindStringSubmatchIndex(rest); status != nil {
		if status[2] >= 0 {
			m.Status, _ = strconv.Atoi(rest[status[2]:status[3]])
		}
		rest = rest[:status[0]]
	}
	if m.URL == "file:" {
		m.URL, m.Code = "", fetch.ReasonScheme
		return m, true
	}
	m.Reason = foreignClause(rest)
	m.foreignReason(m.Reason)
	return m, m.Code != "" || m.Cause != "" || m.Phase != ""
}

// foreignReason finds the rule behind a reason.
func (m *Message) foreignReason(reason string) {
	names := func(header string) bool { return strings.Contains(reason, "Access-Control-Allow-"+header) }
	var values []string
	for _, q := range foreignQuoted.re().FindAllStringSubmatch(reason, 20) {
		if v := strings.TrimSpace(q[1]); !strings.HasPrefix(v, "Access-Control-") && v != "Origin" && v != "" {
			values = append(values, v)
		}
	}
	value := ""
	if len(values) > 0 {
		value = values[0]
	}
	switch {
	case value == "*" && (names("Origin") || names("Credentials")):
		m.Code = fetch.ReasonAllowOriginWildcard
	case names("Credentials"):
		m.Code = fetch.ReasonAllowCredentialsValue
	case names("Headers") && foreignPreflight.re().MatchString(reason):
		m.Code, m.Phase, m.Header = fetch.ReasonHeaderNotAllowed, fetch.PhasePreflight, value
	case names("Headers"):
		m.Code, m.Phase, m.Value = fetch.ReasonAllowHeadersMalformed, fetch.PhasePreflight, value
	case names("Methods") && value != "":
		m.Code, m.Phase, m.Value = fetch.ReasonAllowMethodsMalformed, fetch.PhasePreflight, value
	case names("Methods"):
		m.Code, m.Phase = fetch.ReasonMethodNotAllowed, fetch.PhasePreflight
	case names("Origin") && value != "":
		m.Code, m.Value = fetch.ReasonAllowOriginMismatch, value
	case names("Origin") && foreignSeveral.re().MatchString(reason):
		m.Code = fetch.ReasonAllowOriginMultiple
	case names("Origin"):
		m.Code = fetch.ReasonAllowOriginMissing
	case m.URL != "" && reason != "":
		for _, s := range foreignSigns {
			if s.words.re().MatchString(reason) {
				m.Code, m.Phase, m.Cause = s.code, s.phase, s.cause
				return
			}
		}
	}
}

// foreignClause is the reason without what stands around it, empty where none is set apart.
func foreignClause(rest string) string {
	rest = strings.TrimLeft(rest, " .”’'\"")
	if at := strings.IndexAny(rest, "(（"); !foreignLabel.re().MatchString(rest) {
		switch {
		case strings.HasPrefix(rest, "CORS"):
			return strings.TrimRight(rest, " .。、,)）")
		case at < 0 || at > maxForeignFrame:
			return ""
		}
		rest = strings.TrimLeft(rest[at:], "(（")
		if end := strings.LastIndexAny(rest, ")）"); end > 0 {
			rest = rest[:end]
		}
	}
	if at := foreignLabel.re().FindStringIndex(rest); at != nil {
		rest = rest[at[1]:]
	}
	return strings.TrimRight(rest, " .。、,")
}

// maxForeignFrame is how much of the sentence stands between the resource and the reason.
const maxForeignFrame = 160
