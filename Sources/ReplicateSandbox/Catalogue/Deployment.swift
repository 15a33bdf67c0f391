// A deployment: a name under which a version of a model runs, with releases that count up.

struct Deployment: Sendable {
    struct Configuration: Equatable, Sendable {
        var hardware: String
        var minInstances: Int
        var maxInstances: Int
    }

    struct Release: Sendable {
        var number: Int
        var version: ModelVersion
        var createdAt: Timestamp
        var configuration: Configuration
    }

    let name: FullName
    let createdAt: Timestamp
    let isPreset: Bool
    private(set) var release: Release
    /// When a prediction last came to it.
    var usedAt: Timestamp?

    /// How long it must have been unused before it can be deleted.
    private static let restSeconds = 900.0

    init(
        name: FullName, version: ModelVersion, configuration: Configuration, at now: Timestamp, isPreset: Bool = false
    ) {
        self.name = name
        self.isPreset = isPreset
        createdAt = now
        release = Release(number: 1, version: version, createdAt: now, configuration: configuration)
    }

    static func preset(_ version: ModelVersion, at now: Timestamp) -> Deployment {
        Deployment(
            name: FullName(owner: Account.username, name: version.name.name), version: version,
            configuration: Configuration(hardware: "cpu", minInstances: 1, maxInstances: 5), at: now, isPreset: true)
    }

    mutating func release(_ version: ModelVersion, _ configuration: Configuration, at now: Timestamp) {
        release = Release(
            number: release.number + 1, version: version, createdAt: now, configuration: configuration)
    }

    func checkDeletable(at now: Timestamp, speed: Double) throws(Problem) {
        guard !isPreset else { throw .forbidden("The deployment \(name.text) comes with the sandbox and stays.") }
        guard let usedAt else { return }
        let seconds = Self.restSeconds / speed - now.seconds(since: usedAt)
        if seconds > 0 {
            throw .conflict(
                "\(name.text) can be deleted when it has been unused for 15 minutes: in ~\(Int(seconds) + 1)s."
            )
        }
    }

    var json: JSONObject {
        var configuration = JSONObject()
        configuration.add("hardware", release.configuration.hardware)
        configuration.add("min_instances", release.configuration.minInstances)
        configuration.add("max_instances", release.configuration.maxInstances)
        var current = JSONObject()
        current.add("number", release.number)
        current.add("model", release.version.path)
        current.add("version", release.version.id)
        current.add("created_at", release.createdAt.text)
        current.add("created_by", Account.json)
        current.add("configuration", configuration)
        var object = JSONObject()
        object.add("owner", name.owner)
        object.add("name", name.name)
        object.add("current_release", current)
        return object
    }
}
