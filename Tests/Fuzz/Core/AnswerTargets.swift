// answer: an answer's status, headers and body, up to the error that it becomes and the wait before another try.
// redirect: where a redirect leads from a URL, and what a base URL makes of a reference.

@testable import Replicate

let answerTargets = [Target(name: "answer", run: fuzzAnswer), Target(name: "redirect", run: fuzzRedirect)]

private let token = "r8_CANARY0123456789"

/// No token, and one line that a log can take.
func checkMessage(_ error: ReplicateError) {
    for text in [error.message, error.title ?? "", error.detail ?? "", error.description] {
        demand(!Array(text.utf8).contains(token), "no token in \(text)")
        demand(text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }, "one line: \(text.debugDescription)")
    }
    demand(error.message.unicodeScalars.count <= ForeignText.longest, "at most \(ForeignText.longest) characters")
    demand(!error.message.isEmpty, "some message")
    demand(error.retryAfter.map { $0 >= 0 && $0.isFinite } ?? true, "a time to wait")
    demand(error.rateLimitReset.map { $0 >= 0 && $0.isFinite } ?? true, "a time to wait")
    demand(error.rateLimitRemaining.map { $0 >= 0 } ?? true, "a number of requests")
}

extension [UInt8] {
    fileprivate func contains(_ text: String) -> Bool {
        let sought = Array(text.utf8)
        return indices.contains { self[$0...].starts(with: sought) }
    }
}

/// The status, then headers up to a blank line, then the body. `$` stands for the token.
private func fuzzAnswer(_ input: UnsafeRawBufferPointer) {
    let whole = Array(input).flatMap { $0 == UInt8(ascii: "$") ? Array(token.utf8) : [$0] }
    var lines = whole.split(separator: UInt8(ascii: "\n"), maxSplits: 12, omittingEmptySubsequences: false)
    let status = Int(Array(lines.removeFirst()).text) ?? 429
    var headers = HTTPHeaders()
    while let line = lines.first, !line.isEmpty {
        (line + Array("\r\n".utf8)).withUnsafeBytes { headers.append(line: $0) }
        lines.removeFirst()
    }
    let body = Array(lines.dropFirst().joined(separator: [UInt8(ascii: "\n")]))
    let response = HTTPResponse(status: status, headerBlock: headers, body: body)
    let json = try? JSON(validating: body)
    checkMessage(ReplicateError(response, hiding: token))
    for field in response.headers {
        demand(field.name == field.name.lowercased() || !field.name.utf8.allSatisfy { $0 < 0x80 }, "names in lower case")
        demand(!field.value.utf8.contains(UInt8(ascii: "\n")), "a value on one line")
    }
    let seconds = RetryAfter.seconds(response, body: json)
    demand(seconds.map { $0 >= 0 && $0.isFinite } ?? true, "a time to wait, not \(seconds ?? -1)")
    for repetition in [RetryPolicy.Repetition.harmless, .sameEndState, .createsAnother] {
        let delay = RetryPolicy().delay(
            after: .status(status, retryAfter: seconds), of: repetition, retriesMade: 0, random: 0.999)
        demand(delay.map { $0 >= 0 && $0 <= 61 } ?? true, "a wait of at most a minute, not \(delay ?? -1)")
        demand(delay == nil || repetition != .createsAnother || status == 429, "no second create after \(status)")
    }
    let reply = Reply(Client.Answer(json: .true, response: response))
    demand(reply.headers.map { (try? JSON(validating: Array($0.bytes))) != nil } ?? true, "headers that are JSON")
}

/// A base URL, a URL, and what a server says of another place.
private func fuzzRedirect(_ input: UnsafeRawBufferPointer) {
    let fields = input.fields(3).map(\.text)
    if let base = try? BaseURL(fields[0]) {
        demand(base.origin.scheme == "https" || base.isLocal, "http on this machine alone")
        demand(!base.text.utf8.contains { $0 <= 0x20 || $0 >= 0x7F }, "a clean base URL")
        if let url = base.resolve(fields[2]) { checkHome(url, base) }
        if let url = base.resolve(fields[1]) { checkHome(url, base) }
    }
    let response = HTTPResponse(status: 302, headers: [("location", fields[2])], body: [])
    for url in [fields[1], "https://api.replicate.com/v1/files/x/download"] {
        // What was fetched was a clean URL itself.
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            let target = try? Redirect.target(of: response, from: url, followed: 0)
        else { continue }
        let isSecure = target.hasPrefix("https://")
        demand(isSecure || target.hasPrefix("http://"), "http or https, not \(target)")
        demand(isSecure || url.lowercased().hasPrefix("http:"), "never from https to http: \(target)")
        demand(!target.utf8.contains { $0 <= 0x20 || $0 >= 0x7F }, "a clean URL, not \(target)")
        demand(!authority(target).utf8.contains(UInt8(ascii: "@")), "no user's name in \(target)")
    }
    for text in fields {
        let origin = Origin(scheme: "https", host: "api.replicate.com", port: "443")
        let bytes = Array(text.utf8)
        if bytes.withUnsafeBytes({ OutputFile.url($0, origin: origin) }) != nil {
            demand(text.lowercased().hasPrefix("https://"), "https, not \(text)")
            demand(!authority(text).utf8.contains(UInt8(ascii: "@")), "no user's name in \(text)")
        }
        var options = Options()
        try? options.set("proxy", text)
        if let configuration = try? Configuration(options: options, environment: { $0 == "REPLICATE_API_TOKEN" ? token : nil }) {
            demand(!(configuration.proxy ?? "").utf8.contains { $0 <= 0x20 || $0 >= 0x7F }, "a clean proxy")
        }
    }
}

/// What stands between the slashes behind the scheme and the path.
private func authority(_ url: String) -> String {
    let rest = url.utf8.drop { $0 != UInt8(ascii: "/") }.dropFirst(2)
    return String(Substring(rest.prefix { !"/?#".utf8.contains($0) }))
}

/// Found by the plain text, not by libcurl: the token goes there.
private func checkHome(_ url: String, _ base: BaseURL) {
    var host = authority(url).lowercased()
    demand(url.lowercased().hasPrefix(base.origin.scheme + "://"), "the scheme of \(base.text), not \(url)")
    if host.hasSuffix(":" + base.origin.port) { host.removeLast(base.origin.port.utf8.count + 1) }
    if let at = host.lastIndex(of: "@") { host = String(host[host.index(after: at)...]) }
    demand(host == base.origin.host, "the host \(base.origin.host), not \(host) of \(url)")
    demand(!url.utf8.contains { $0 <= 0x20 || $0 >= 0x7F }, "a clean URL, not \(url)")
}
