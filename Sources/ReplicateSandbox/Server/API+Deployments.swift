// deployments.*

extension API {
    func listDeployments(_ call: Call) async throws(Problem) -> Answer {
        let deployments = await services.catalogue.allDeployments().sorted { $0.createdAt > $1.createdAt }
        let page = Listing(deployments, at: try call.query().cursor(), limit: Call.page) {
            Int(-$0.createdAt.microseconds)
        }
        return await call.answer(page) { $0.json.text }
    }

    func createDeployment(_ call: Call) async throws(Problem) -> Answer {
        let request = try DeploymentRequest.parse(call.body(), isNew: true)
        return Answer(body: try await services.catalogue.createDeployment(request).json.text)
    }

    func updateDeployment(_ name: FullName, _ call: Call) async throws(Problem) -> Answer {
        let request = try DeploymentRequest.parse(call.body(), isNew: false)
        return Answer(body: try await services.catalogue.updateDeployment(name, request).json.text)
    }

    func deleteDeployment(_ name: FullName) async throws(Problem) -> Answer {
        if await services.predictions.hasRunning(where: { $0.order.deployment == name.text }) {
            throw .conflict("The deployment \(name.text) has running predictions.")
        }
        try await services.catalogue.deleteDeployment(name)
        return .deleted
    }
}
