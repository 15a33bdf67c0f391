// Everything that the operations work on, and what runs beside them.

import Replicate

struct Services: Sendable {
    let predictions: PredictionStore
    let trainings: PredictionStore
    /// One finished run of each model that comes with the sandbox, by the model's name.
    let examples: PredictionStore
    let exampleIDs: [FullName: String]
    let catalogue: Catalogue
    let files: FileStore
    let secrets: Secrets
    /// After how long without an event a stream shows that it lives.
    let keepAliveSeconds: Double
    private let courier: WebhookCourier
    private let runs: [(PredictionRunner, AsyncStream<Prediction>)]

    /// - Parameters:
    ///   - fileLimit: the length of the longest file that can be uploaded.
    ///   - now: what the files expire by.
    ///   - report: gets a sentence on each webhook that could not be posted.
    init(
        speed: Double, filesSecret: String? = nil, fileLimit: Int = FileStore.usualLimit,
        now: @escaping @Sendable () -> Timestamp = { PredictionStore.now() }, keepAliveSeconds: Double = 15,
        webhookAnswerSeconds: Double = 5,
        report: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws {
        let (predictions, newPredictions) = PredictionStore.make()
        let (trainings, newTrainings) = PredictionStore.make()
        let (examples, newExamples) = PredictionStore.make()
        let catalogue = try Catalogue(startedAt: PredictionStore.now(), speed: speed)
        let files = FileStore(limit: fileLimit, now: now)
        var exampleIDs: [FullName: String] = [:]
        for version in await catalogue.presetVersions() {
            let input = ModelInput(try JSON(validating: version.model.exampleInput), schema: version.input)
            exampleIDs[version.name] = try await examples.create(Prediction.Order(model: version, input: input)).id
        }
        let secrets = Secrets(files: filesSecret)
        let courier = WebhookCourier(
            secret: secrets.webhooks, speed: speed, answerSeconds: webhookAnswerSeconds, report: report)
        func runner(_ store: PredictionStore, _ speed: Double) -> PredictionRunner {
            PredictionRunner(store: store, catalogue: catalogue, files: files, speed: speed, courier: courier)
        }
        self.predictions = predictions
        self.trainings = trainings
        self.examples = examples
        self.exampleIDs = exampleIDs
        self.catalogue = catalogue
        self.files = files
        self.secrets = secrets
        self.courier = courier
        self.keepAliveSeconds = keepAliveSeconds
        runs = [
            (runner(predictions, speed), newPredictions), (runner(trainings, speed), newTrainings),
            (runner(examples, max(speed, 100)), newExamples),
        ]
    }

    private var stores: [PredictionStore] { [predictions, trainings, examples] }

    /// Runs whatever is created, until the services are closed.
    func run() async {
        await withDiscardingTaskGroup { group in
            for (runner, new) in runs { group.addTask { await runner.run(new) } }
        }
    }

    /// The heartbeat.
    func advance() async {
        for store in stores { await store.advance() }
    }

    func close() async {
        for store in stores { await store.close() }
        await courier.slots.close()
    }

    func example(of name: FullName) async -> Prediction? {
        guard let id = exampleIDs[name] else { return nil }
        return await examples.ended(id)
    }

    /// A prediction of whoever asks, or one that illustrates a model.
    func prediction(_ id: String) async throws(Problem) -> Prediction {
        if let prediction = await predictions.prediction(id) { return prediction }
        guard let example = await examples.prediction(id) else { throw .notFound }
        return example
    }
}

extension PredictionStore {
    /// A store, and what is created in it.
    static func make() -> (PredictionStore, AsyncStream<Prediction>) {
        let (new, starts) = AsyncStream.makeStream(of: Prediction.self)
        return (PredictionStore(starts: starts), new)
    }
}
