// swift-tools-version: 6.2
import PackageDescription

// The layers, bottom up. A target imports only what stands above it in this list;
// docs/architecture.md says what each one is for.

let settings: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

// For the layers that tests run much of: the suites of LoopIR, GraphIR and Passes take a fifth of the
// time (38 instead of 187 seconds of a processor). Preconditions stay; there is no 'assert'.
let optimised = settings + [.unsafeFlags(["-O"], .when(configuration: .debug))]

// Tests compute little themselves, and those of the longest target would be the last to compile.
let tests = settings + [.unsafeFlags(["-Onone"], .when(configuration: .release))]

let package = Package(
  name: "gcomp",
  targets: [
    // No compiler knowledge: ids, text, diagnostics.
    .target(name: "Support", swiftSettings: optimised),
    // Scalars, buffers and loops.
    .target(name: "LoopIR", dependencies: ["Support"], swiftSettings: optimised),
    // Tensors and operations.
    .target(name: "GraphIR", dependencies: ["Support", "LoopIR"], swiftSettings: optimised),
    // What is made of tensors and their operations, without a model.
    .target(
      name: "TensorLibrary", dependencies: ["LoopIR", "GraphIR"], swiftSettings: optimised),
    // Graph to graph, and graph to loops.
    .target(
      name: "Passes", dependencies: ["Support", "LoopIR", "GraphIR"], swiftSettings: optimised),
    // Loops to C; the only target that knows C.
    .target(name: "CBackend", dependencies: ["Support", "LoopIR"], swiftSettings: optimised),
    // What a model imports.
    .target(
      name: "GraphKit", dependencies: ["Support", "LoopIR", "GraphIR", "TensorLibrary"],
      swiftSettings: optimised),
    // Named networks, for models to import.
    .target(name: "Zoo", dependencies: ["GraphKit"], swiftSettings: optimised),
    // Files, processes and the command line.
    .executableTarget(
      name: "gcomp",
      dependencies: [
        "Support", "LoopIR", "GraphIR", "Passes", "CBackend", "GraphKit", "Zoo", "CRuntime",
      ],
      swiftSettings: settings),
    // The C that ships with every model, so that tests call the very files.
    .target(
      name: "CRuntime", path: "Runtime", exclude: ["STYLE.md", "trial"], publicHeadersPath: ".",
      cSettings: [.treatAllWarnings(as: .error)]),
    // Goldens, subprocesses, loops and graphs written by hand, for tests.
    .target(
      name: "TestSupport", dependencies: ["Support", "LoopIR", "GraphIR", "TensorLibrary"],
      path: "Tests/TestSupport",
      swiftSettings: optimised),
    // Random kernels and nets, and what compiles and compares them.
    .target(
      name: "RandomModels",
      dependencies: [
        "Support", "LoopIR", "GraphIR", "Passes", "CBackend", "GraphKit", "CRuntime", "TestSupport",
      ],
      path: "Tests/RandomModels",
      swiftSettings: optimised),
    // Compares thousands of them with the interpreter, for one C compiler after the other.
    .executableTarget(
      name: "gcomp-sweep", dependencies: ["LoopIR", "GraphIR", "RandomModels", "TestSupport"],
      path: "Tests/Sweep", swiftSettings: settings),
    // What the examples promise, and what runs them.
    .target(
      name: "ZooRunner", dependencies: ["TestSupport"], path: "Tests/ZooRunner",
      swiftSettings: settings),
    // Runs all examples and writes docs/zoo.md.
    .executableTarget(
      name: "gcomp-zoo", dependencies: ["ZooRunner", "TestSupport"], path: "Tests/ZooProgram",
      swiftSettings: settings),
    // What docs/house-rules.md states and a program can see.
    .testTarget(name: "TidyTests", dependencies: ["TestSupport"], swiftSettings: tests),
    .testTarget(
      name: "SupportTests", dependencies: ["Support", "TestSupport"], swiftSettings: tests),
    .testTarget(
      name: "LoopIRTests", dependencies: ["Support", "LoopIR", "TestSupport"],
      swiftSettings: tests),
    .testTarget(
      name: "GraphIRTests",
      dependencies: ["Support", "LoopIR", "GraphIR", "TensorLibrary", "TestSupport"],
      swiftSettings: tests),
    .testTarget(
      name: "PassesTests",
      dependencies: ["Support", "LoopIR", "GraphIR", "TensorLibrary", "Passes", "TestSupport"],
      swiftSettings: tests),
    .testTarget(
      name: "CBackendTests",
      dependencies: ["Support", "LoopIR", "GraphIR", "Passes", "CBackend", "TestSupport"],
      swiftSettings: tests),
    .testTarget(
      name: "GraphKitTests",
      dependencies: ["Support", "LoopIR", "GraphIR", "GraphKit", "TestSupport"],
      swiftSettings: tests),
    .testTarget(
      name: "DriverTests", dependencies: ["gcomp", "TestSupport"], swiftSettings: tests),
    .testTarget(
      name: "DiagnosticsTests", dependencies: ["gcomp", "TestSupport"], swiftSettings: tests),
    .testTarget(
      name: "RuntimeTests", dependencies: ["LoopIR", "TestSupport"],
      exclude: [
        "accuracy_test.c", "args_test.c", "arrays_test.c", "bad_input", "boxes_test.c", "checks.sh",
        "command.h", "csv_data_test.c", "curves_test.c", "damage.h", "data", "data_memory_test.c",
        "data_sets.h", "evaluate_test.c", "events_reference.h", "events_reference.py",
        "events_test.c", "file_test.c", "fit_polynomials.py", "fixture", "formats_test.c", "fuzz",
        "hostile_test.c", "images_test.c", "infer_test.c", "interrupts_test.c", "labels_test.c",
        "limits_test.c", "memory_room_test.c", "memory_test.c", "naming_test.c", "npy_test.c",
        "npz_test.c", "pace_test.c", "packed_test.c", "picture_inputs_test.c", "pictures_test.c",
        "processor_test.c", "profile_test.c", "program_test.c", "programs.sh", "programs_test.c",
        "progress_test.c",
        "prompt_test.c", "random_test.c", "rates_test.c", "read_ahead_test.c", "recipe_sets.h",
        "results_test.c", "resume.h", "resume_test.c", "run.sh", "run_test.c", "safetensors_test.c",
        "sampling_reference.h", "sampling_reference.py", "scalar_test.c", "series_test.c",
        "sound_test.c", "split_test.c", "table_memory_test.c", "test.h", "text_memory_test.c",
        "text_test.c", "texts.h", "tokenizer_files_test.c", "tokenizer_test.c", "train_flags.h",
        "train_flags_test.c", "train_modes_test.c", "train_states_test.c",
      ],
      swiftSettings: tests),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "gcomp", "Support", "LoopIR", "GraphIR", "Passes", "CBackend", "GraphKit", "CRuntime",
        "TestSupport", "RandomModels", "gcomp-sweep", "Zoo", "ZooRunner",
      ],
      swiftSettings: tests),
  ]
)
