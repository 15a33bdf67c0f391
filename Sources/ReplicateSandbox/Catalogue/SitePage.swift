// The few pages about the sandbox itself: a search finds them, and the server shows them to a browser.

struct SitePage: Sendable {
    let name: String
    let href: String
    let text: String

    static let all = [
        SitePage(
            name: "About the sandbox", href: "/about/sandbox",
            text: """
                replicate-sandbox serves the API of replicate.com on this machine, with no account and no network. \
                Whatever token you send is taken. All state is in memory and ends with the server.

                """),
        SitePage(
            name: "Predictions, trainings and deployments", href: "/about/predictions",
            text: """
                Predictions go from starting through processing to succeeded, failed or canceled. With Prefer: wait \
                the request is held until then; with Cancel-After a prediction ends by itself. Trainings of \
                sandbox/trainable make a version of a model of yours. Deployments run one version under a name.

                """),
        SitePage(
            name: "Files", href: "/about/files",
            text: """
                Uploaded files live for 24 hours and may have 100 MiB each, or what \
                --file-limit says. Links to /v1/files/{id}/download need no \
                token but a signature by the secret that --files-secret sets: base64 of the HMAC-SHA256 of "owner id expiry". \
                Output files need neither.

                """),
    ]

    var json: JSONObject {
        var object = JSONObject()
        object.add("name", name)
        object.add("href", href)
        return object
    }
}
