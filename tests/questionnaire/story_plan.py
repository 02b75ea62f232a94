"""The plan that the answers of the story give, in either language."""

STORY_PLAN = """\
version: 1
model:
  parameters: 30B
training:
  method: continued-pretraining
  precision: fp16
  sequence_length: 4096
hardware:
  device: v100-32g-sxm2
  count: 8
  tenure: owned
data:
  - kind: private-code
    size: 50GB
    license: Apache-2.0 AND BSD-3-Clause AND GPL-2.0-only
    source: internal
project:
  budget: 100000 CNY
  deadline: 3 months
  goal: api-knowledge
  use: weights-to-customers
  regions: [CN]
  sensitivity: confidential
  environment: bare-metal
  requirements: [domestic-hardware, domestic-model, on-premises]
  team: {engineers: 0}
"""
