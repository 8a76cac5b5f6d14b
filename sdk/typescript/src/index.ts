export { Landfall, Landfall as Geopera, type LandfallOptions, type Userinfo } from './client.js';
export type { DownloadOptions } from './download.js';
export * from './errors.js';
export type { components } from './generated/schema.js';
export type { Call, CallOptions, Fluent, Input, Listed, ListOperation, OperationId, Output } from './operations.js';
export type { RetryPolicy } from './retry.js';
export type { UploadFile, UploadOptions, UploadProgress, UploadResult } from './upload/plan.js';
export type { Upload } from './upload/upload.js';
