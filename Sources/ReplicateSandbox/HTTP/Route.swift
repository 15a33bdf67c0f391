// Which operation of the API a method and a path name.

enum Route: Equatable, Sendable {
    case account, hardware, search, webhookSecret
    case collections
    case collection(slug: String)
    case createPrediction, listPredictions
    case prediction(id: String)
    case cancelPrediction(id: String)
    case models, createModel, searchModels
    case model(FullName)
    case updateModel(FullName)
    case deleteModel(FullName)
    case examples(FullName)
    case readme(FullName)
    case createModelPrediction(FullName)
    case versions(FullName)
    case version(FullName, id: String)
    case deleteVersion(FullName, id: String)
    case createTraining(FullName, version: String)
    case trainings
    case training(id: String)
    case cancelTraining(id: String)
    case deployments, createDeployment
    case deployment(FullName)
    case updateDeployment(FullName)
    case deleteDeployment(FullName)
    case createDeploymentPrediction(FullName)
    case files, createFile
    case file(id: String)
    case deleteFile(id: String)
    case downloadFile(id: String)

    /// Whether it is answered without a token: search, as its description has it, and links that carry a signature.
    var isOpen: Bool {
        switch self {
        case .search, .downloadFile: true
        default: false
        }
    }

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

    private typealias Operation = (method: String, route: Route)

    private static func operations(_ path: [String]) -> [Operation]? {
        if path.contains("") { return nil }
        let rest = path.dropFirst()
        switch path.first {
        case "account" where rest.isEmpty: return [("GET", .account)]
        case "hardware" where rest.isEmpty: return [("GET", .hardware)]
        case "search" where rest.isEmpty: return [("GET", .search)]
        case "webhooks" where rest == ["default", "secret"]: return [("GET", .webhookSecret)]
        case "collections": return collectionOperations(Array(rest))
        case "predictions": return predictionOperations(Array(rest))
        case "trainings": return trainingOperations(Array(rest))
        case "files": return fileOperations(Array(rest))
        case "models": return modelOperations(Array(rest))
        case "deployments": return deploymentOperations(Array(rest))
        default: return nil
        }
    }

    private static func collectionOperations(_ path: [String]) -> [Operation]? {
        guard let slug = path.first else { return [("GET", .collections)] }
        return path.count == 1 ? [("GET", .collection(slug: slug))] : nil
    }

    private static func predictionOperations(_ path: [String]) -> [Operation]? {
        guard let id = path.first else { return [("GET", .listPredictions), ("POST", .createPrediction)] }
        switch path.dropFirst() {
        case []: return [("GET", .prediction(id: id))]
        case ["cancel"]: return [("POST", .cancelPrediction(id: id))]
        default: return nil
        }
    }

    private static func trainingOperations(_ path: [String]) -> [Operation]? {
        guard let id = path.first else { return [("GET", .trainings)] }
        switch path.dropFirst() {
        case []: return [("GET", .training(id: id))]
        case ["cancel"]: return [("POST", .cancelTraining(id: id))]
        default: return nil
        }
    }

    private static func fileOperations(_ path: [String]) -> [Operation]? {
        guard let id = path.first else { return [("GET", .files), ("POST", .createFile)] }
        switch path.dropFirst() {
        case []: return [("GET", .file(id: id)), ("DELETE", .deleteFile(id: id))]
        case ["download"]: return [("GET", .downloadFile(id: id)), ("HEAD", .downloadFile(id: id))]
        default: return nil
        }
    }

    private static func modelOperations(_ path: [String]) -> [Operation]? {
        if path.isEmpty { return [("GET", .models), ("POST", .createModel), ("QUERY", .searchModels)] }
        guard let name = FullName(path.prefix(2).joined(separator: "/")) else { return nil }
        let rest = Array(path.dropFirst(2))
        switch (rest.first, rest.count) {
        case (nil, _): return [("GET", .model(name)), ("PATCH", .updateModel(name)), ("DELETE", .deleteModel(name))]
        case ("examples", 1): return [("GET", .examples(name))]
        case ("readme", 1): return [("GET", .readme(name))]
        case ("predictions", 1): return [("POST", .createModelPrediction(name))]
        case ("versions", 1): return [("GET", .versions(name))]
        case ("versions", 2):
            return [("GET", .version(name, id: rest[1])), ("DELETE", .deleteVersion(name, id: rest[1]))]
        case ("versions", 3) where rest[2] == "trainings": return [("POST", .createTraining(name, version: rest[1]))]
        default: return nil
        }
    }

    private static func deploymentOperations(_ path: [String]) -> [Operation]? {
        if path.isEmpty { return [("GET", .deployments), ("POST", .createDeployment)] }
        guard let name = FullName(path.prefix(2).joined(separator: "/")) else { return nil }
        switch path.dropFirst(2) {
        case []:
            return [
                ("GET", .deployment(name)), ("PATCH", .updateDeployment(name)), ("DELETE", .deleteDeployment(name)),
            ]
        case ["predictions"]: return [("POST", .createDeploymentPrediction(name))]
        default: return nil
        }
    }
}
