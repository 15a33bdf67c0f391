// The collections: models of the sandbox under a heading.

struct ModelCollection: Sendable {
    let slug: String
    let name: String
    let description: String
    let fullDescription: String?
    let models: [FullName]

    static let all = [
        ModelCollection(
            slug: "text-models", name: "Text models", description: "Models that answer with text.",
            fullDescription: """
                ## Text models

                `replicate/hello-world` greets you, `meta/meta-llama-3-8b-instruct` and `sandbox/story` stream a story from \
                a table of phrases, `sandbox/trainable` completes a prompt. None is a neural network.
                """,
            models: ["replicate/hello-world", "meta/meta-llama-3-8b-instruct", "sandbox/story", "sandbox/trainable"]),
        ModelCollection(
            slug: "text-to-image", name: "Text to image", description: "Models that draw a picture from a prompt.",
            fullDescription: """
                ## Text to image

                They carry the names and inputs of models that Replicate's documentation uses, and draw plain shapes: \
                the same prompt and seed always give the same picture. `sandbox/draw` does it under its own name.
                """,
            models: [
                "bytedance/seedream-3", "google/imagen-4-fast", "ideogram-ai/ideogram-character",
                "fofr/consistent-character", "sandbox/draw",
            ]),
        ModelCollection(
            slug: "image-to-image", name: "Image to image", description: "Models that change a picture.",
            fullDescription: nil, models: ["sandbox/transform"]),
        ModelCollection(
            slug: "trainable", name: "Trainable models", description: "Models that learn from your examples.",
            fullDescription: nil, models: ["sandbox/trainable"]),
        ModelCollection(
            slug: "testing", name: "Testing", description: "Models that behave in one chosen way, for trying a client.",
            fullDescription: "Slow ones, failing ones, and ones that give back what they were given.",
            models: [
                "sandbox/slow", "sandbox/fail", "sandbox/echo", "sandbox/outputs", "sandbox/files", "sandbox/inspect",
                "sandbox/bytes",
            ]),
    ]

    private init(slug: String, name: String, description: String, fullDescription: String?, models: [String]) {
        self.slug = slug
        self.name = name
        self.description = description
        self.fullDescription = fullDescription
        self.models = models.compactMap { FullName($0) }
    }

    var item: JSONObject {
        var object = JSONObject()
        object.add("name", name)
        object.add("slug", slug)
        object.add("description", description)
        return object
    }

    func json(models: JSONArray) -> [UInt8] {
        var object = item
        object.add("full_description", orNull: fullDescription)
        object.add("models", raw: models.text)
        return object.text
    }

    /// As a search shows it.
    var found: JSONObject {
        var list = JSONArray()
        for model in models { list.add(raw: "\"\(model.text)\"".utf8) }
        var object = item
        object.add("models", raw: list.text)
        return object
    }
}
