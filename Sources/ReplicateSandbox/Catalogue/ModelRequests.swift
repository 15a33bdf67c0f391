// The bodies of the operations that create and change models, read and checked.

struct ModelCreation: Sendable {
    var name: FullName
    var isPublic: Bool
    var hardware: String
    var details: ModelRecord.Details

    static func parse(_ body: [UInt8]) throws(Problem) -> ModelCreation {
        var fields = try FieldReader(body)
        fields.require(["owner", "name", "visibility", "hardware"])
        let owner = fields.choice("owner", of: [Account.username])
        let name = fields.text("name")
        let visibility = fields.choice("visibility", of: ["public", "private"])
        let hardware = fields.choice("hardware", of: Hardware.skus)
        if let name, !FullName.isName(name) {
            fields.refuse(
                "name", kind: "pattern", "name may have lower-case letters, digits, dots, dashes and underscores")
        }
        let details = ModelRecord.Details(
            description: fields.text("description"), githubURL: fields.text("github_url"),
            paperURL: fields.text("paper_url"), licenseURL: fields.text("license_url"),
            coverImageURL: fields.text("cover_image_url"))
        try fields.check()
        return ModelCreation(
            name: FullName(owner: owner ?? "", name: name ?? ""), isPublic: visibility == "public",
            hardware: hardware ?? "", details: details)
    }
}

/// What is nil stays as it is.
struct ModelChanges: Sendable {
    private var details: ModelRecord.Details

    static func parse(_ body: [UInt8]) throws(Problem) -> ModelChanges {
        var fields = try FieldReader(body)
        fields.refuseOthers(
            than: ["description", "readme", "github_url", "paper_url", "weights_url", "license_url"])
        let details = ModelRecord.Details(
            description: fields.text("description"), readme: fields.text("readme"),
            githubURL: fields.text("github_url"),
            paperURL: fields.text("paper_url"), weightsURL: fields.text("weights_url"),
            licenseURL: fields.text("license_url"))
        try fields.check()
        return ModelChanges(details: details)
    }

    func applied(to old: ModelRecord.Details) -> ModelRecord.Details {
        var new = old
        new.description = details.description ?? old.description
        new.readme = details.readme ?? old.readme
        new.githubURL = details.githubURL ?? old.githubURL
        new.paperURL = details.paperURL ?? old.paperURL
        new.weightsURL = details.weightsURL ?? old.weightsURL
        new.licenseURL = details.licenseURL ?? old.licenseURL
        return new
    }
}
