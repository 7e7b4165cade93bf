package jsrun

import (
	"fmt"
	"strings"
	"sync"

	lib "modernc.org/libquickjs"
	"modernc.org/quickjs"
)

// lateParts are the parts of a page that are made when a script first asks for one of their names: parsing them is time that a
// script without them would spend for nothing. Each is a file in prelude/late, and what it declares and others need is in lateGives.
var lateParts = map[string]func() ([]byte, error){}

// lateGives are the names that a part gives to other parts.
var lateGives = map[string]string{
	"message_event": "MessageEvent",
	"event_source":  "",
	"selectors":     "parseSelectors, matchesSelectors",
	"node": `Node, DOMTokenList, Comment, DocumentFragment, NodeList, Element, elementClasses, elementSteps, insertionSteps, setState, stateOf, make, listOf, makeElement, makeText, insert, replaceAll,
		grow, elementsBelow, elementsIn, parentMembers, searchMembers, documentMembers, attributeOf, parseXML, serialize, XMLDocument, baseOf`,
	"html_elements":  "element, HTMLElement",
	"script_element": "",
	"element_load":   "load, giveUp, microtask",
	"image_element":  "HTMLImageElement, pictureOf",
	"link_element":   "",
	"media_element":  "HTMLVideoElement, mediaOf",
	"canvas_element": "",
	"font_face":      "fonts",
	"document":       "htmlDocument",

	"message_channel":    "",
	"history":            "",
	"web_socket":         "",
	"subtle_crypto":      "subtle",
	"compression_stream": "",
}

// lateShared are the names of the prelude that the parts use. They see nothing else of it, and of the engine's own objects those that
// were there before the script.
var lateShared = strings.Fields(`
	Array ArrayBuffer Boolean DataView Date Error Function JSON Map Math Number Object Promise Proxy RangeError Reflect RegExp Set String Symbol SyntaxError TypeError
	Uint8Array Uint8ClampedArray WeakMap
	op place hooks late functionText bytesOf isBufferSource concatBytes fromBase64 toBase64 resolvedPromise newPromise promiseThen
	isObject toDOMString toUSVString toDictionary toEnum toLong toUnsignedLong toUnsignedShort toSequence required ofGlobal finish expose exposeFunction
	pairIterable showGetters replaceable getter
	DOMException CustomEvent Blob File indirectEval evalModule asScript noNavigation lateDocumentNames TransformStream
	Event EventTarget fire dispatch trusted unready eventListeners listenersOf handlerAttributes handlerNames UncompiledHandler reportException
	startTimer setAnyTimer clearAnyTimer later parseURL utf8Encode nextFetchID cloneValue consolePrint
`)

func init() {
	for name := range lateGives {
		lateParts[name] = sync.OnceValues(func() ([]byte, error) {
			s, err := lateSource(name)
			if err != nil {
				return nil, err
			}
			return s.bytecode()
		})
	}
}

func lateSource(name string) (source, error) {
	text, err := preludeFiles.ReadFile("prelude/late/" + name + ".js")
	if err != nil {
		return source{}, err
	}
	return source{preludeName + "/" + name, "(function (shared) { 'use strict'; const { " + strings.Join(lateShared, ", ") + " } = shared;\n" +
		string(text) + "\nreturn { " + lateGives[name] + " }; })", lib.MJS_EVAL_TYPE_GLOBAL}, nil
}

// lateTable is the prelude's last line: what it shares.
func lateTable() string { return "shareLate({ " + strings.Join(lateShared, ", ") + " });\n" }

// late gives the prelude a part: a function of what is shared.
func (r *run) late(name string) quickjs.Value {
	code, err := lateParts[name]()
	if err == nil {
		var part quickjs.Value
		if part, err = r.vm.EvalBytecodeValue(code); err == nil {
			return part
		}
	}
	if limit := r.ended(err); limit != nil {
		err = limit
	}
	r.stop(fmt.Errorf("jsrun: a part of the page cannot be made: %w", err))
	return quickjs.UndefinedValue
}
