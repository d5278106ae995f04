package io.turnwise.inference.model;

import ai.onnxruntime.OrtEnvironment;
import java.util.List;

/**
 * The ONNX Runtime of this process.
 *
 * @param version its version
 * @param providers the providers it was built with, as it names them; that one is listed does not
 *     say that the machine has what it needs
 */
public record InferenceRuntime(String version, List<String> providers) {
  public InferenceRuntime {
    providers = List.copyOf(providers);
  }

  public static InferenceRuntime present() {
    return new InferenceRuntime(
        OrtEnvironment.getEnvironment("turnwise").getVersion(),
        OrtEnvironment.getAvailableProviders().stream().map(Enum::name).sorted().toList());
  }
}
