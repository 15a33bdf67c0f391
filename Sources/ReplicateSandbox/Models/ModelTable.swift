// All models of the sandbox, and how a prediction's `version` names one.

struct ModelTable: Sendable {
    private let byPath: [String: PublishedModel]
    private let byVersion: [String: PublishedModel]

    init() throws {
        let models: [any Model] = [HelloWorld(), Slow(), Fail(), Echo(), Outputs()]
        let published = try models.map(PublishedModel.init)
        byPath = Dictionary(published.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        byVersion = Dictionary(published.map { ($0.versionID, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func model(owner: String, name: String) -> PublishedModel? { byPath["\(owner)/\(name)"] }

    /// The one deployment here.
    func deployment(owner: String, name: String) -> PublishedModel? {
        owner == "sandbox" && name == "hello-world" ? byPath["replicate/hello-world"] : nil
    }

    /// A 64-digit id, `owner/name:id`, or `owner/name` for the latest version.
    func resolve(_ reference: String) -> PublishedModel? {
        guard reference.contains("/") else { return byVersion[reference] }
        let parts = reference.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let path = parts.first, let model = byPath[path] else { return nil }
        return parts.count == 1 || parts.last == model.versionID ? model : nil
    }
}
