// URLs, by libcurl's parser: the base URL of the API, what is relative to it, and whether something lies on its origin,
// the only place the token goes to.

import CCurl

struct Origin: Sendable, Equatable {
    let scheme: String
    let host: String
    let port: String

    /// A host is written in ASCII; what is not came as %XX, which libcurl decodes in a host, as it does %25.
    var isPlain: Bool { host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "%") } }

    /// On the loopback interface of this machine.
    var isLocal: Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers.first == "127" && numbers.allSatisfy { UInt8($0) != nil }
    }
}

struct BaseURL: Sendable {
    /// Without a slash at the end.
    let text: String
    let origin: Origin

    var host: String { origin.host }
    var isLocal: Bool { origin.isLocal }

    /// Takes https anywhere and http on the loopback interface, so that a token never travels in the clear.
    init(_ text: String) throws(ReplicateError) {
        func wrong(_ why: String) -> ReplicateError {
            ReplicateError(.invalidInput, "base_url \(why); it should look like https://api.replicate.com/v1")
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw wrong("holds a space or a control character") }
        // libcurl would take the first part of the path for the host.
        guard !text.contains(":///") else { throw wrong("has no host") }
        guard let url = ParsedURL(text), let origin = url.origin else { throw wrong("is not a URL") }
        guard url.part(CURLUPART_ZONEID) == nil else { throw wrong("names the zone of an address") }
        guard origin.isPlain else { throw wrong("is not a URL") }
        guard origin.scheme == "https" || origin.scheme == "http" else { throw wrong("is not an https URL") }
        guard origin.scheme == "https" || origin.isLocal else {
            throw wrong("is http on another machine, where the token could be read on its way")
        }
        guard url.part(CURLUPART_USER) == nil, url.part(CURLUPART_PASSWORD) == nil else { throw wrong("holds a user name") }
        guard url.part(CURLUPART_QUERY) == nil, url.part(CURLUPART_FRAGMENT) == nil else {
            throw wrong("has a query or a fragment")
        }
        guard var whole = url.part(CURLUPART_URL) else { throw wrong("is not a URL") }
        while whole.hasSuffix("/") { whole.removeLast() }
        self.text = whole
        self.origin = origin
    }

    /// An URL that the server gave, if it lies on the API's own origin: a whole one, or a path, with the base URL's in front or
    /// without. What is relative to a page ("?cursor=2") is none.
    func resolve(_ reference: String) -> String? {
        let path = WebURL(text)?.path ?? ""
        let isBelow = reference.hasPrefix("/") && !reference.hasPrefix("//") && !reference.hasPrefix(path + "/")
        guard reference.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !reference.hasPrefix("?"), !reference.hasPrefix("#"),
            let url = ParsedURL(text + "/", relative: isBelow ? path + reference : reference),
            url.origin == origin, url.part(CURLUPART_USER) == nil, url.part(CURLUPART_PASSWORD) == nil
        else { return nil }
        return url.part(CURLUPART_URL)
    }
}

/// Any URL that libcurl can read.
struct WebURL: Sendable {
    let text: String
    let origin: Origin
    /// Without a slash at the end.
    let path: String
    let hasUser: Bool

    init?(_ text: String) { self.init(ParsedURL(text)) }
    init?(_ text: String, relativeTo base: String) { self.init(ParsedURL(base, relative: text)) }

    private init?(_ url: ParsedURL?) {
        guard let url, let text = url.part(CURLUPART_URL), let origin = url.origin else { return nil }
        (self.text, self.origin) = (text, origin)
        var path = url.part(CURLUPART_PATH) ?? ""
        while path.hasSuffix("/") { path.removeLast() }
        self.path = path
        hasUser = url.part(CURLUPART_USER) != nil || url.part(CURLUPART_PASSWORD) != nil
    }
}

/// A libcurl URL handle.
private final class ParsedURL {
    private let handle: OpaquePointer

    init?(_ text: String, relative: String? = nil) {
        guard let handle = curl_url() else { return nil }
        self.handle = handle
        guard curl_url_set(handle, CURLUPART_URL, text, 0) == CURLUE_OK else { return nil }
        if let relative, curl_url_set(handle, CURLUPART_URL, relative, 0) != CURLUE_OK { return nil }
    }

    deinit { curl_url_cleanup(handle) }

    func part(_ part: CURLUPart, _ flags: UInt32 = 0) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(handle, part, &text, flags) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }

    var origin: Origin? {
        guard let scheme = part(CURLUPART_SCHEME), let host = part(CURLUPART_HOST),
            let port = part(CURLUPART_PORT, UInt32(CURLU_DEFAULT_PORT))
        else { return nil }
        // libcurl keeps it apart: [fe80::1%25eth0] and [fe80::1%25eth1] are two machines. No plain host has one.
        let zone = part(CURLUPART_ZONEID).map { "%25" + $0 } ?? ""
        return Origin(scheme: scheme.lowercased(), host: host.lowercased() + zone, port: port)
    }
}
