// Package diagnose reads the record of a fetch and says what is wrong with it, all of it at once, and what would make it right.
//
// It knows what each browser prints ([Console]), which of the usual causes it is ([Recognise]), and the smallest set of changes
// after which the standard and every browser let the page read the answer ([Diagnose]), with the proof: package fetch judges the
// recorded answers again with the changes made.
//
// It makes no request of its own. What one exchange cannot tell it asks for ([NextProbe]), and whoever has a network makes those requests
// and hands their answers to [Diagnose]; what only a person can find out stands in the catalogue of causes ([Cause.Needs]). How a server is configured is not its concern: a fix is headers, and the [cors.Config] that sends them.
//
// The rules are those of the Fetch standard, https://fetch.spec.whatwg.org/ at whatwg/fetch 586cd2a.
package diagnose
