//! How quickly a template's tree becomes resources, beside how quickly the text becomes the tree.

#![allow(
    missing_docs,
    reason = "the macros of criterion write functions without"
)]

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use pillarlint_parser::source::FileId;
use pillarlint_parser::{cloudformation, yaml};
use std::hint::black_box;

/// A template with so many groups of resources that refer to one another, under conditions.
fn template(count: usize) -> String {
    let mut text = "\
Parameters:
  Stage: { Type: String, AllowedValues: [dev, prod] }
  Keep: { Type: String, Default: 'no' }
  Subnets: { Type: 'List<AWS::EC2::Subnet::Id>' }
Mappings:
  Sizes:
    dev: { Memory: 128, Policy: Delete }
    prod: { Memory: 512, Policy: Delete }
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  Keeps: !Equals [!Ref Keep, 'yes']
  KeepsInProd: !And [!Condition IsProd, !Condition Keeps]
Resources:
"
    .to_owned();
    for n in 0..count {
        text += &format!(
            "\
  Bucket{n}:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub '${{AWS::StackName}}-{n}-${{Stage}}'
      VersioningConfiguration: !If [IsProd, {{ Status: Enabled }}, !Ref AWS::NoValue]
  Archive{n}:
    Type: AWS::S3::Bucket
    Condition: KeepsInProd
    Properties:
      BucketName: !Join ['-', [!Ref Bucket{n}, !If [IsProd, p, d], archive]]
  Function{n}:
    Type: AWS::Lambda::Function
    DependsOn: Bucket{n}
    Properties:
      Role: !GetAtt Role{n}.Arn
      MemorySize: !FindInMap [Sizes, !Ref Stage, Memory]
      VpcConfig: {{ SubnetIds: [!Select [0, !Ref Subnets], !Select [1, !Ref Subnets]] }}
  Role{n}:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyName: read
          PolicyDocument: !Sub |
            {{ \"Statement\": [{{ \"Effect\": \"Allow\", \"Action\": \"s3:GetObject\", \"Resource\": \"${{Bucket{n}.Arn}}/*\" }}] }}
"
        );
    }
    text
}

fn lower(criterion: &mut Criterion) {
    let text = template(700);
    let mut group = criterion.benchmark_group("lower");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("parse", |b| {
        b.iter(|| yaml::parse(FileId(0), black_box(&text)));
    });
    group.bench_function("lower", |b| {
        b.iter_batched(
            || yaml::parse(FileId(0), &text).documents,
            |documents| {
                documents
                    .into_iter()
                    .map(|root| cloudformation::lower(FileId(0), &text, root))
                    .collect::<Vec<_>>()
            },
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

criterion_group!(benches, lower);
criterion_main!(benches);
