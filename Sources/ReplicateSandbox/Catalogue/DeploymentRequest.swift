// The bodies of the operations that create and change deployments, read and checked.

struct DeploymentRequest: Sendable {
    var name: String?
    var model: FullName?
    var version: String?
    var hardware: String?
    var minInstances: Int?
    var maxInstances: Int?

    /// - Parameter isNew: whether everything must be said, or only what shall change.
    static func parse(_ body: [UInt8], isNew: Bool) throws(Problem) -> DeploymentRequest {
        var fields = try FieldReader(body)
        if isNew { fields.require(["name", "model", "version", "hardware", "min_instances", "max_instances"]) }
        var request = DeploymentRequest()
        if isNew {
            request.name = fields.text("name")
            if let name = request.name, !FullName.isName(name) {
                fields.refuse(
                    "name", kind: "pattern", "name may have lower-case letters, digits, dots, dashes and underscores")
            }
            let model = fields.text("model")
            request.model = model.flatMap { FullName($0) }
            if model != nil, request.model == nil {
                fields.refuse("model", kind: "format", "model must have the form owner/name")
            }
        }
        request.version = fields.text("version")
        request.hardware = fields.choice("hardware", of: Hardware.skus)
        request.minInstances = fields.integer("min_instances", in: 0...5)
        request.maxInstances = fields.integer("max_instances", in: 0...20)
        try fields.check()
        return request
    }

    func configuration(over old: Deployment.Configuration?) throws(Problem) -> Deployment.Configuration {
        let minimum = minInstances ?? old?.minInstances ?? 0
        let maximum = maxInstances ?? old?.maxInstances ?? 1
        guard minimum <= maximum else {
            throw .invalid([
                SchemaViolation(
                    kind: "number_lte", field: "min_instances",
                    description: "min_instances must be at most max_instances, which is \(maximum)")
            ])
        }
        return Deployment.Configuration(
            hardware: hardware ?? old?.hardware ?? "cpu", minInstances: minimum, maxInstances: maximum)
    }
}

extension Catalogue {
    func deployment(_ name: FullName) throws(Problem) -> Deployment {
        guard let deployment = deployments[name] else { throw .notFound }
        return deployment
    }

    func allDeployments() -> [Deployment] { Array(deployments.values) }

    func createDeployment(_ request: DeploymentRequest) throws(Problem) -> Deployment {
        let name = FullName(owner: Account.username, name: request.name ?? "")
        let version = try release(request.version ?? "", of: request.model ?? name)
        let configuration = try request.configuration(over: nil)
        guard deployments[name] == nil else { throw .conflict("There is a deployment \(name.text) already.") }
        let deployment = Deployment(name: name, version: version, configuration: configuration, at: moment())
        deployments[name] = deployment
        return deployment
    }

    func updateDeployment(_ name: FullName, _ request: DeploymentRequest) throws(Problem) -> Deployment {
        var deployment = try deployment(name)
        let old = deployment.release
        let version =
            if let id = request.version { try release(id, of: old.version.name) } else { old.version }
        deployment.release(version, try request.configuration(over: old.configuration), at: moment())
        deployments[name] = deployment
        return deployment
    }

    func deleteDeployment(_ name: FullName) throws(Problem) {
        try deployment(name).checkDeletable(at: PredictionStore.now(), speed: speed)
        deployments[name] = nil
    }

    /// The version that it runs now; from here on it counts as used.
    func use(_ name: FullName) { deployments[name]?.usedAt = PredictionStore.now() }

    private func release(_ id: String, of name: FullName) throws(Problem) -> ModelVersion {
        guard let model = try? model(name), let version = model.versions.first(where: { $0.id == id }) else {
            throw .unknownVersion
        }
        return version
    }
}
