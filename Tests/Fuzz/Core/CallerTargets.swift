// reference: what names a model, and other arguments that become a part of a path.
// options: NAME=VALUE lines, as a client's and as a call's.
// environment: a .env file, and the configuration that it makes.
// webhook: headers and bodies, rightly signed and not.

@testable import Replicate

let callerTargets = [
    Target(name: "reference", run: fuzzReference), Target(name: "options", run: fuzzOptions),
    Target(name: "environment", run: fuzzEnvironment), Target(name: "webhook", run: fuzzWebhook),
]

private func fuzzReference(_ input: UnsafeRawBufferPointer) {
    let text = Array(input).text
    if let reference = try? ModelReference(text) {
        demand((try? reference.check()) != nil, "parts that pass the check")
        switch reference {
        case .model(let owner, let name): demand("\(owner)/\(name)".utf8.elementsEqual(text.utf8), "a model's name")
        case .deployment(let owner, let name):
            demand("deployments/\(owner)/\(name)".utf8.elementsEqual(text.utf8), "a deployment's name")
        case .version(let version): demand(text.utf8.elementsEqual(version.utf8) || text.hasSuffix(":\(version)"), "a version")
        }
    }
    if let segment = try? PathSegment.encoded(text, argument: "x") {
        demand(segment != "." && segment != ".." && !segment.isEmpty, "a segment")
        demand(isEncoded(segment), "only letters, digits and -._~ and %XX, not \(segment)")
        let bytes = Array(segment.utf8)
        let decoded = bytes.withUnsafeBytes { URIByte.decoded($0).bytes }
        demand(decoded == Array(text.utf8), "the text comes back")
    }
    let fields = input.fields(3).map(\.text)
    for operation in Operation.all {
        guard let path = try? operation.path(fields) else { continue }
        demand(path.hasPrefix("/") && !path.contains("//"), "a path, not \(path)")
        demand(path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "a clean path, not \(path)")
        demand(!path.split(separator: "/").contains { $0 == ".." || $0 == "." }, "no step upwards in \(path)")
    }
    if let request = try? GenericRequest(method: fields[1], path: fields[0], body: nil, Options()) {
        demand(request.path.hasPrefix("/") && !request.path.hasPrefix("//"), "a path, not \(request.path)")
        let url = "https://api.replicate.com/v1" + request.path
        demand(WebURL(url)?.text == url, "a path that libcurl leaves as it is, not \(WebURL(url)?.text ?? "none") of \(url)")
    }
    _ = try? DownloadSignature.sign(owner: fields[0], id: fields[1], expiry: Int64(input.count), secret: Array(fields[2].utf8))
    let question = QueryText.joined([(fields[0], fields[1])], after: "/x")
    demand(question.hasPrefix("?") && isEncoded(question.dropFirst().replacing("=", with: "")), "a query, not \(question)")
}

private func isEncoded(_ text: some StringProtocol) -> Bool {
    text.utf8.allSatisfy { isDigit($0) || (0x61...0x7A).contains($0 | 0x20) || "-._~%".utf8.contains($0) }
}

private func fuzzOptions(_ input: UnsafeRawBufferPointer) {
    var options = Options()
    for line in input.fields(8) {
        let parts = line.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false).map {
            Array($0).text
        }
        do throws(ReplicateError) {
            try options.set(parts[0], parts.count == 2 ? parts[1] : nil)
        } catch {
            demand(error.kind == .invalidInput && !error.message.isEmpty, "a wrong input")
            demand(!error.message.utf8.contains { $0 < 0x20 && $0 != 0x09 }, "one line: \(error.message.debugDescription)")
        }
    }
    for header in options.headers {
        demand(!(header.name + header.value).utf8.contains { $0 == 0x0A || $0 == 0x0D || $0 == 0 }, "no line's end in a header")
        demand(header.name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }, "a header's name")
        demand(header.name.lowercased() != "authorization", "the library's own header")
    }
    _ = try? options.check(forCall: true)
    _ = try? options.check(forCall: false)
    if let configuration = try? Configuration(options: options, environment: { $0 == "REPLICATE_API_TOKEN" ? "r8_x" : nil }) {
        checkConfiguration(configuration)
    }
    let question = QueryText.joined(options.parameters, after: "/x?y")
    demand(question.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }, "a clean query")
}

private func checkConfiguration(_ configuration: Configuration) {
    demand(configuration.token.map { $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } } ?? true, "a token for a header")
    demand(!configuration.userAgent.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "a clean user agent")
    demand((1...4096).contains(configuration.connectionsPerHost), "connections")
    demand(configuration.patience.pollInterval >= .milliseconds(10), "an interval that is one")
    demand(configuration.patience.maximumRetries <= 100, "retries")
}

private func fuzzEnvironment(_ input: UnsafeRawBufferPointer) {
    let file = EnvironmentFile(Array(input).text)
    if let configuration = try? Configuration(environment: { file[$0] }) { checkConfiguration(configuration) }
    for name in ["REPLICATE_API_TOKEN", "A", ""] {
        demand((file[name] ?? "").utf8.count <= 3 * input.count, "a value from the file")
    }
    // What stands in single quotes is itself.
    let scalars = Array(input).text.unicodeScalars.filter { $0 != "'" && !Character($0).isNewline }
    let value = String(String.UnicodeScalarView(scalars))
    demand(EnvironmentFile("export A='\(value)' # x\n")["A"].map { $0.utf8.elementsEqual(value.utf8) } == true, "the value")
}

/// The id, the time, signatures, a secret and the body. `$` in the signatures is where the right one goes.
private func fuzzWebhook(_ input: UnsafeRawBufferPointer) {
    let fields = input.fields(5)
    let (id, time, secretText) = (fields[0].text, fields[1].text, fields[3].text)
    let given = try? WebhookSecret(secretText)
    let key = given?.key ?? Array(secretText.utf8) + [7]
    guard let secret = given ?? (try? WebhookSecret("whsec_" + Base64.encode(key))) else {
        return demand(false, "a secret of \(key.count) bytes")
    }
    demand(!"\(secret)".contains("key"), "a secret that does not show")
    let code = MessageCode(Array("\(id).\(time).".utf8) + fields[4], key: key)
    let right = "v1," + Base64.encode(code.bytes)
    let signatures = fields[2].text.replacing("$", with: right)
    let webhook = Webhook(id: id, timestamp: time, signature: signatures)
    let now = Int64(time) ?? 0
    func validates(_ webhook: Webhook, tolerance: Int64? = nil, now: Int64 = 0) -> Bool {
        fields[4].withUnsafeBytes { body in
            do throws(ReplicateError) {
                try webhook.validate(body: body, secret: secret, tolerance: tolerance, now: now)
                return true
            } catch {
                demand(!error.message.isEmpty && !Array(error.message.utf8).text.contains(right), "no secret in \(error.message)")
                return false
            }
        }
    }
    let isThere = signatures.utf8.split(separator: UInt8(ascii: " ")).prefix(32).contains { $0.elementsEqual(right.utf8) }
    let isTime = !time.isEmpty && time.utf8.allSatisfy(isDigit) && Int64(time) != nil
    demand(validates(webhook) == (isThere && !id.isEmpty && isTime), "the right signature, and no other")
    if isThere, !id.isEmpty, isTime {
        demand(validates(webhook, tolerance: 300, now: now), "a time that is now")
        demand(now > .max - 301 || !validates(webhook, tolerance: 300, now: now + 301), "a time that is past")
        demand(now < 301 || !validates(webhook, tolerance: 300, now: now - 301), "a time to come")
        demand(now > .max - 300 || validates(webhook, tolerance: 300, now: now + 300), "a time that is tolerated")
        var other = webhook
        other.id = id + "x"
        demand(!validates(other), "another id")
    }
    for part in [0, 1, fields[4].count / 2] where part < fields[4].count {
        let halves = [Array(fields[4][..<part]), Array(fields[4][part...])]
        let code2 = halves[0].withUnsafeBytes { first in halves[1].withUnsafeBytes { MessageCode([first, $0], key: key) } }
        demand(code2.equals(MessageCode(fields[4], key: key).bytes), "the same code of parts")
    }
}
