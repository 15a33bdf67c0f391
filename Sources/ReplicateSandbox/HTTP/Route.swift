// Which operation of the API a method and a path name.

enum Route: Equatable, Sendable {
    case account
    case createPrediction
    case listPredictions
    case prediction(id: String)
    case cancelPrediction(id: String)
    case createModelPrediction(owner: String, name: String)
    case createDeploymentPrediction(owner: String, name: String)
    case model(owner: String, name: String)
    case versions(owner: String, name: String)
    case version(owner: String, name: String, id: String)

    /// - Parameter path: as it came, still percent-encoded.
    static func find(method: String, path: String) throws(Problem) -> Route {
        var segments: [String] = []
        for segment in path.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            guard let decoded = percentDecoded(segment) else { throw .notFound }
            segments.append(decoded)
        }
        guard segments.first == "v1", let methods = operations(Array(segments.dropFirst())) else { throw .notFound }
        if let route = methods.first(where: { $0.method == method })?.route { return route }
        throw .methodNotAllowed(allowed: methods.map(\.method), method: method)
    }

    private static func operations(_ path: [String]) -> [(method: String, route: Route)]? {
        if path.contains("") { return nil }
        func at(_ index: Int) -> String { index < path.count ? path[index] : "" }
        switch (at(0), path.count) {
        case ("account", 1): return [("GET", .account)]
        case ("predictions", 1): return [("GET", .listPredictions), ("POST", .createPrediction)]
        case ("predictions", 2): return [("GET", .prediction(id: at(1)))]
        case ("predictions", 3) where at(2) == "cancel": return [("POST", .cancelPrediction(id: at(1)))]
        case ("models", 3): return [("GET", .model(owner: at(1), name: at(2)))]
        case ("models", 4) where at(3) == "predictions":
            return [("POST", .createModelPrediction(owner: at(1), name: at(2)))]
        case ("models", 4) where at(3) == "versions": return [("GET", .versions(owner: at(1), name: at(2)))]
        case ("models", 5) where at(3) == "versions":
            return [("GET", .version(owner: at(1), name: at(2), id: at(4)))]
        case ("deployments", 4) where at(3) == "predictions":
            return [("POST", .createDeploymentPrediction(owner: at(1), name: at(2)))]
        default: return nil
        }
    }
}

/// The text behind `%XX` escapes; nil if an escape is broken or the result is not UTF-8.
func percentDecoded(_ text: some StringProtocol) -> String? {
    guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
        guard byte == UInt8(ascii: "%") else {
            bytes.append(byte)
            continue
        }
        guard let high = rest.popFirst().flatMap(hexadecimalDigit), let low = rest.popFirst().flatMap(hexadecimalDigit)
        else { return nil }
        bytes.append(high << 4 | low)
    }
    return String(validating: bytes, as: UTF8.self)
}

private func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
