// Package intake reads what people hold when a page is blocked, and makes a page and a request of it: a console error of Chromium,
// Firefox or Safari, a fetch() call or another snippet of JavaScript, a cURL command, a HAR, or a plain URL. [Read] finds out which
// one it is.
//
// What the input does not say is assumed, and each assumption is told with the flag of corscope explain that changes it. Nothing is
// sent: a snippet runs with a network that only writes down what it is asked for. No file is read, no shell is started.
//
// It does not judge. The words of the consoles are those of package diagnose, read backwards; the rules are package fetch's.
package intake
