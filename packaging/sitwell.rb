# The Homebrew formula.
class Sitwell < Formula
  desc "Webcam posture monitor that answers a real slouch with one fitting stretch"
  homepage "@ADDRESS@"
  url "@ADDRESS@/releases/download/v@VERSION@/sitwell-@VERSION@.tar.gz"
  sha256 "@SHA256_SOURCE@"
  license any_of: ["MIT", "Apache-2.0"]

  depends_on "rust" => :build

  on_linux do
    depends_on "llvm" => :build
    depends_on "pkgconf" => :build
  end

  def install
    system "packaging/stage"
    prefix.install Dir["target/packaging/stage/*"]
    (share/"sitwell").install "models/pose_landmark_heavy.onnx"
  end

  def caveats
    "Nobody has tried Sitwell on macOS yet."
  end

  test do
    assert_match "sitwell #{version}", shell_output("#{bin}/sitwell --version")
  end
end
