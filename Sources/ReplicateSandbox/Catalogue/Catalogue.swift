// Holds the models with their versions, and the deployments.

actor Catalogue {
    static let maximumModels = 1000

    private var records: [FullName: ModelRecord] = [:]
    private var versions: [String: ModelVersion] = [:]
    var deployments: [FullName: Deployment] = [:]
    private var lastMoment = Timestamp(microseconds: 0)
    let speed: Double

    /// - Parameter startedAt: when the models that come with the sandbox were made.
    init(startedAt: Timestamp, speed: Double) throws {
        var moment = startedAt
        // The first of the list is shown first, so it is the newest.
        for model in Self.presets.reversed() {
            moment = moment.next
            let version = try ModelVersion(model, createdAt: moment)
            records[version.name] = .preset(version)
            versions[version.id] = version
        }
        if let hello = records[FullName(owner: "replicate", name: "hello-world")]?.versions.first {
            let preset = Deployment.preset(hello, at: moment.next)
            deployments[preset.name] = preset
        }
        lastMoment = moment.next
        self.speed = speed
    }

    private static let presets: [any Model] = [
        HelloWorld(), Llama(), Seedream(), Imagen(), IdeogramCharacter(), ConsistentCharacter(), Story(), Draw(),
        Transform(), Trainable(), Slow(), Fail(), Echo(), Outputs(), SeveralFiles(), Inspect(), LongFile(),
    ]

    /// The present, but never the same twice: lists are in this order.
    func moment() -> Timestamp {
        lastMoment = max(PredictionStore.now(), lastMoment.next)
        return lastMoment
    }

    func model(_ name: FullName) throws(Problem) -> ModelRecord {
        guard let record = records[name] else { throw .notFound }
        return record
    }

    func version(_ name: FullName, id: String) throws(Problem) -> ModelVersion {
        guard let version = try model(name).versions.first(where: { $0.id == id }) else { throw .notFound }
        return version
    }

    /// Which a prediction may name: a 64-digit id, `owner/name:id`, or `owner/name` for the latest version.
    func resolve(_ reference: String) throws(Problem) -> ModelVersion {
        let parts = reference.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let version: ModelVersion?
        if let path = parts.first, let name = FullName(path) {
            let found = records[name]?.versions
            version = parts.count == 1 ? found?.first : found?.first { $0.id == parts.last }
        } else {
            version = versions[reference]
        }
        guard let version else { throw .unknownVersion }
        return version
    }

    func publicModels() -> [ModelRecord] { records.values.filter(\.isPublic) }
    func presetVersions() -> [ModelVersion] { records.values.filter(\.isPreset).flatMap(\.versions) }

    func create(_ creation: ModelCreation) throws(Problem) -> ModelRecord {
        guard records[creation.name] == nil else {
            throw .conflict("There is a model \(creation.name.text) already.")
        }
        guard records.values.lazy.filter({ !$0.isPreset }).count < Self.maximumModels else {
            throw .conflict("An account can have at most \(Self.maximumModels) models.")
        }
        let record = ModelRecord(
            name: creation.name, isPublic: creation.isPublic, isPreset: false, hardware: creation.hardware,
            createdAt: moment(), details: creation.details)
        records[record.name] = record
        return record
    }

    func update(_ name: FullName, _ changes: ModelChanges) throws(Problem) -> ModelRecord {
        var record = try model(name)
        try record.checkOwned()
        record.details = changes.applied(to: record.details)
        records[name] = record
        return record
    }

    func delete(_ name: FullName) throws(Problem) {
        try model(name).checkDeletable()
        records[name] = nil
    }

    func deleteVersion(_ name: FullName, id: String) throws(Problem) {
        let version = try version(name, id: id)
        try model(name).checkVersionsDeletable()
        if let deployment = deployments.values.first(where: { $0.release.version.id == id }) {
            throw .conflict("The version is in use by the deployment \(deployment.name.text).")
        }
        withdraw(version)
    }

    /// Nil where the model is not there any more.
    func publish(_ model: any Model, as name: FullName, origin: String) throws -> ModelVersion? {
        guard records[name] != nil else { return nil }
        let version = try ModelVersion(model, createdAt: moment(), origin: origin)
        records[name]?.versions.insert(version, at: 0)
        versions[version.id] = version
        return version
    }

    func withdraw(_ version: ModelVersion) {
        records[version.name]?.versions.removeAll { $0.id == version.id }
        versions[version.id] = nil
    }

    /// Where a training may put what it makes.
    func checkDestination(_ name: FullName) throws(Problem) {
        guard let record = records[name], name.owner == Account.username else { throw .unknownDestination }
        try record.checkOwned()
    }
}
