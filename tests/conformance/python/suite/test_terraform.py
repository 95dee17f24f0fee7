"""`samples/terraform` with HashiCorp's own provider: applied, planned again without a change, destroyed."""

import json
import os
import pathlib
import shutil
import tempfile

from suite.tarn import ROOT, TarnTest, client, environment, program, run, server

PLUGINS = [pathlib.Path(folder) for folder in (
    os.environ.get("CONFORMANCE_TERRAFORM_PLUGINS", ""), os.path.expanduser("~/.terraform.d/plugins"), "/opt/tf-plugins",
    "/usr/local/share/terraform/plugins") if folder]


class Terraform(TarnTest):
    def setUp(self):
        self.terraform = program("terraform")
        self.plugins = next((f for f in PLUGINS if (f / "registry.terraform.io/hashicorp/aws").is_dir()), None)
        if self.plugins is None:
            self.skipTest("terraform's AWS provider is not installed in a plugin folder")
        self.home = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        shutil.copy(ROOT / "samples/terraform/main.tf", self.home)
        (self.home / "empty.tfrc").touch()
        self.env = environment()
        self.env.update(TF_CLI_CONFIG_FILE=str(self.home / "empty.tfrc"), TF_VAR_endpoint=server().endpoint, TF_IN_AUTOMATION="1",
                        CHECKPOINT_DISABLE="1")

    def tf(self, *arguments, check=True):
        return run(self.terraform, *arguments, "-no-color", env=self.env, cwd=self.home, timeout=600, check=check)

    def test_apply_plan_and_destroy(self):
        self.tf("init", f"-plugin-dir={self.plugins}")
        self.tf("apply", "-auto-approve", "-input=false")
        self.assertIn("No changes.", self.tf("plan", "-input=false"))
        query = json.loads(self.tf("output", "-json"))["query_id"]["value"]
        self.assertEqual("revenue-by-city", client("athena").get_named_query(NamedQueryId=query)["NamedQuery"]["Name"])
        self.assertEqual("terraform_shop", client("glue").get_crawler(Name="terraform-orders")["Crawler"]["DatabaseName"])
        self.tf("destroy", "-auto-approve", "-input=false")
        self.refused("EntityNotFoundException", client("glue").get_database, Name="terraform_shop")
        self.refused("404", client("s3").head_bucket, Bucket="terraform-lake")
