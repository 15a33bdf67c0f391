// The operations of the API, a row each (https://replicate.com/docs/reference/http). A new one is a row here, a declaration
// in include/replicate.h with its line in ReplicateC, a line in lua/src/operations.c, one in lua/replicate/resources.lua and
// one in lua/replicate/types.lua. Tests/Operations/run shows which of them is missing.

extension Operation {
    public static let accountGet = Operation("account.get", .get, "/account")
    public static let collectionsList = Operation("collections.list", .get, "/collections")
    public static let collectionsGet = Operation("collections.get", .get, "/collections/{slug}")

    public static let deploymentsList = Operation("deployments.list", .get, "/deployments")
    public static let deploymentsCreate = Operation("deployments.create", .post, "/deployments", body: .object)
    public static let deploymentsGet = Operation("deployments.get", .get, "/deployments/{owner}/{name}")
    public static let deploymentsUpdate = Operation(
        "deployments.update", .patch, "/deployments/{owner}/{name}", body: .object)
    public static let deploymentsDelete = Operation(
        "deployments.delete", .delete, "/deployments/{owner}/{name}", result: .nothing)
    public static let deploymentsPredictionsCreate = Operation(
        "deployments.predictions.create", .post, "/deployments/{owner}/{name}/predictions", body: .object)

    public static let filesList = Operation("files.list", .get, "/files")
    public static let filesGet = Operation("files.get", .get, "/files/{id}")
    public static let filesCreate = Operation("files.create", .post, "/files", body: .form)
    public static let filesDownload = Operation(
        "files.download", .get, "/files/{id}/download?owner={owner}&expiry={expiry}&signature={signature}", result: .bytes)
    public static let filesDelete = Operation("files.delete", .delete, "/files/{id}", result: .nothing)

    public static let hardwareList = Operation("hardware.list", .get, "/hardware")

    public static let modelsList = Operation(
        "models.list", .get, "/models", parameters: ["sort_by", "sort_direction"])
    public static let modelsCreate = Operation("models.create", .post, "/models", body: .object)
    public static let modelsSearch = Operation("models.search", .query, "/models", body: .text)
    public static let modelsGet = Operation("models.get", .get, "/models/{owner}/{name}")
    public static let modelsUpdate = Operation("models.update", .patch, "/models/{owner}/{name}", body: .object)
    public static let modelsDelete = Operation("models.delete", .delete, "/models/{owner}/{name}", result: .nothing)
    public static let modelsExamplesList = Operation("models.examples.list", .get, "/models/{owner}/{name}/examples")
    public static let modelsPredictionsCreate = Operation(
        "models.predictions.create", .post, "/models/{owner}/{name}/predictions", body: .object)
    public static let modelsReadmeGet = Operation(
        "models.readme.get", .get, "/models/{owner}/{name}/readme", result: .text)
    public static let modelsVersionsList = Operation("models.versions.list", .get, "/models/{owner}/{name}/versions")
    public static let modelsVersionsGet = Operation("models.versions.get", .get, "/models/{owner}/{name}/versions/{version}")
    public static let modelsVersionsDelete = Operation(
        "models.versions.delete", .delete, "/models/{owner}/{name}/versions/{version}", result: .nothing)

    public static let predictionsList = Operation(
        "predictions.list", .get, "/predictions", parameters: ["created_after", "created_before", "source"])
    public static let predictionsCreate = Operation("predictions.create", .post, "/predictions", body: .object)
    public static let predictionsGet = Operation("predictions.get", .get, "/predictions/{id}")
    public static let predictionsCancel = Operation("predictions.cancel", .post, "/predictions/{id}/cancel")

    public static let search = Operation("search", .get, "/search?query={query}", parameters: ["limit"])

    public static let trainingsCreate = Operation(
        "trainings.create", .post, "/models/{owner}/{name}/versions/{version}/trainings", body: .object)
    public static let trainingsList = Operation("trainings.list", .get, "/trainings")
    public static let trainingsGet = Operation("trainings.get", .get, "/trainings/{id}")
    public static let trainingsCancel = Operation("trainings.cancel", .post, "/trainings/{id}/cancel")

    public static let webhooksDefaultSecretGet = Operation("webhooks.default.secret.get", .get, "/webhooks/default/secret")

    /// Every row above, in its order. A test reads this file, so that none is forgotten.
    public static let all: [Operation] = [
        accountGet, collectionsList, collectionsGet, deploymentsList, deploymentsCreate, deploymentsGet,
        deploymentsUpdate, deploymentsDelete, deploymentsPredictionsCreate, filesList, filesGet, filesCreate,
        filesDownload, filesDelete, hardwareList, modelsList, modelsCreate, modelsSearch, modelsGet, modelsUpdate,
        modelsDelete, modelsExamplesList, modelsPredictionsCreate, modelsReadmeGet, modelsVersionsList, modelsVersionsGet,
        modelsVersionsDelete, predictionsList, predictionsCreate, predictionsGet, predictionsCancel, search,
        trainingsCreate, trainingsList, trainingsGet, trainingsCancel, webhooksDefaultSecretGet,
    ]
}
