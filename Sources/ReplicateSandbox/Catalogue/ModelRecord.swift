// A model as it is listed: what is said about it, and its versions.

import Replicate

struct ModelRecord: Sendable {
    /// What whoever creates or changes a model may say.
    struct Details: Sendable {
        var description: String?
        var readme: String?
        var githubURL: String?
        var paperURL: String?
        var weightsURL: String?
        var licenseURL: String?
        var coverImageURL: String?
    }

    let name: FullName
    let isPublic: Bool
    /// Comes with the sandbox, and stays as it is.
    let isPreset: Bool
    let hardware: String
    let createdAt: Timestamp
    var tags: [String] = []
    var details: Details
    /// Newest first.
    var versions: [ModelVersion] = []

    /// Which one is listed where: no two of the catalogue's moments are the same.
    func rank(byCreation: Bool, isAscending: Bool) -> Int {
        let moment = byCreation ? createdAt : versions.first?.createdAt ?? createdAt
        return Int(isAscending ? moment.microseconds : -moment.microseconds)
    }

    func checkOwned() throws(Problem) {
        guard name.owner == Account.username else {
            throw .forbidden("The model \(name.text) does not belong to \(Account.username).")
        }
        guard !isPreset else {
            throw .forbidden("The model \(name.text) comes with the sandbox and cannot be changed.")
        }
    }

    func checkDeletable() throws(Problem) {
        try checkOwned()
        if isPublic { throw .forbidden("The model \(name.text) is public. Only private models can be deleted.") }
        if !versions.isEmpty { throw .conflict("The model \(name.text) has versions. Delete them first.") }
    }

    func checkVersionsDeletable() throws(Problem) {
        try checkOwned()
        if isPublic {
            throw .forbidden("The model \(name.text) is public. Versions of public models cannot be deleted.")
        }
    }

    func json(base: String, runs: Int, example: Prediction?) -> JSONObject {
        var object = JSONObject()
        object.add("url", "\(base)/v1/models/\(name.text)")
        object.add("owner", name.owner)
        object.add("name", name.name)
        object.add("description", orNull: details.description)
        object.add("visibility", isPublic ? "public" : "private")
        object.add("is_official", false)
        object.add("github_url", orNull: details.githubURL)
        object.add("paper_url", orNull: details.paperURL)
        object.add("license_url", orNull: details.licenseURL)
        object.add("run_count", runs)
        object.add("cover_image_url", orNull: details.coverImageURL)
        if let example {
            object.add("default_example", raw: example.json(base: base))
        } else {
            object.addNull("default_example")
        }
        if let version = versions.first {
            object.add("latest_version", version.json)
        } else {
            object.addNull("latest_version")
        }
        return object
    }
}

extension ModelRecord {
    static func preset(_ version: ModelVersion) -> ModelRecord {
        let model = version.model
        let details = Details(description: model.summary, readme: Readme.text(of: version))
        return ModelRecord(
            name: version.name, isPublic: true, isPreset: true, hardware: "cpu", createdAt: version.createdAt,
            tags: model.tags, details: details, versions: [version])
    }
}

/// The Markdown that comes with a model of the sandbox.
enum Readme {
    static func text(of version: ModelVersion) -> String {
        var lines = ["# \(version.path)", "", version.model.summary, "", "## Input", ""]
        for (name, schema) in version.input.properties {
            let preset = schema.preset.map { ", by default `\(String(decoding: $0.bytes, as: UTF8.self))`" } ?? ""
            let need = version.input.required.contains(name) ? ", required" : ""
            lines.append("- `\(name)` (\(schema.type ?? "any")\(need)\(preset))")
        }
        if version.input.properties.isEmpty { lines.append("Any object.") }
        lines += ["", "For example: `\(version.model.exampleInput)`", ""]
        lines += [
            "This model runs in replicate-sandbox, on this machine. It is a small program and no neural network.", "",
        ]
        return lines.joined(separator: "\n")
    }
}
